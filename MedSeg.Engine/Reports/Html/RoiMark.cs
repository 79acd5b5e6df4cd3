using MedSeg.Imaging;

namespace MedSeg.Reports.Html;

/// <summary>Writes the names of ROIs with their colours.</summary>
internal static class RoiMark
{
    /// <summary>Writes a name after a square of the ROI's colour.</summary>
    /// <param name="page">The page.</param>
    /// <param name="roi">The ROI's number, from 1.</param>
    /// <param name="name">The ROI's name.</param>
    public static void Write(HtmlWriter page, int roi, string name)
    {
        RgbColor color = RoiPalette.ColorOf(roi);
        page.Element("span", string.Empty, ("class", "swatch"), ("style", $"background:#{color.Red:x2}{color.Green:x2}{color.Blue:x2}"));
        page.Text(name);
    }

    /// <summary>Writes a legend.</summary>
    /// <param name="page">The page.</param>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    public static void WriteLegend(HtmlWriter page, IReadOnlyList<string> names)
    {
        page.Open("ul", ("class", "legend"), ("aria-label", "ROIs"));
        for (int roi = 1; roi <= names.Count; roi++)
        {
            page.Open("li");
            Write(page, roi, names[roi - 1]);
            page.Close();
        }

        page.Close();
    }
}
