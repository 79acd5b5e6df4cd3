using System.Globalization;
using MedSeg.Inference;
using MedSeg.Reports.Html;

namespace MedSeg.Reports;

/// <summary>Writes the card of a segmented slice: picture, flags, areas and the reader's decision.</summary>
internal static class SegmentationCard
{
    /// <summary>Writes the card.</summary>
    /// <param name="page">The page.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="item">What the reader decides on.</param>
    /// <param name="number">The number of the card on the page.</param>
    /// <param name="drawn">The slice as it was drawn; null if it has no picture.</param>
    /// <param name="picture">The picture.</param>
    public static void Write(HtmlWriter page, SegmentedSlice slice, ReviewItem item, int number, PicturedSlice? drawn, (string Base64, (int Width, int Height) Size)? picture)
    {
        ReviewControls.OpenCard(page, item, number);
        if (picture is { } jpeg)
        {
            page.Picture(jpeg.Base64, jpeg.Size, Describe(slice, drawn!));
        }

        page.Open("div");
        page.Element("h3", slice.Name, ("id", ReviewControls.IdOf(number) + "-name"));
        page.Element("p", Place(slice), ("class", "soft path"));
        if (picture is null)
        {
            page.Element("p", "No picture: the image or the mask could not be read.", ("class", "soft"));
        }

        if (item.Codes.Count > 0)
        {
            page.Open("ul", ("class", "flags"));
            foreach ((string code, string text) in FlagText.Of(slice))
            {
                page.Open("li");
                page.Element("span", code, ("class", "code"));
                page.Text(" " + text);
                page.Close();
            }

            page.Close();
        }

        WriteMeasures(page, slice);
        ReviewControls.WriteDecision(page, item, number);
        page.Close();
        page.Close();
    }

    private static void WriteMeasures(HtmlWriter page, SegmentedSlice slice)
    {
        SegmentedRoi[] found = [.. slice.Rois.Where(roi => roi.Pixels > 0)];
        page.Open("div", ("class", "measures"));
        foreach (SegmentedRoi roi in found)
        {
            page.Open("span");
            RoiMark.Write(page, roi.Roi, roi.Name);
            page.Close();
            page.Element("span", roi.Area is { } area ? string.Create(CultureInfo.InvariantCulture, $"{area:N0} mm²") : string.Create(CultureInfo.InvariantCulture, $"{roi.Pixels:N0} px"), ("class", "number"));
            page.Element("span", roi.Confidence is { } confidence ? confidence.ToString("0.00", CultureInfo.InvariantCulture) : string.Empty, ("class", "number"), ("title", "Confidence"));
        }

        page.Close();
        if (found.Length < slice.Rois.Count && found.Length > 0)
        {
            page.Element("p", $"Not found: {string.Join(", ", slice.Rois.Where(roi => roi.Pixels == 0).Select(roi => roi.Name))}", ("class", "soft"));
        }
    }

    private static string Place(SegmentedSlice slice)
    {
        string position = slice.Location is { } location ? string.Create(CultureInfo.InvariantCulture, $"at {location:0.#} mm") : "position not stated";
        return slice.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $"{position}, confidence {confidence:0.00}") : position;
    }

    private static string Describe(SegmentedSlice slice, PicturedSlice drawn)
    {
        string[] found = [.. slice.Rois.Where(roi => roi.Pixels > 0).Select(roi => roi.Name)];
        string sides = drawn.Directions is { } sidesOf ? $"; the left edge is {sidesOf.Left}, the right edge {sidesOf.Right}" : string.Empty;
        return $"Slice {slice.Name} with {(found.Length == 0 ? "no ROI" : "outlines of " + string.Join(", ", found))}{sides}";
    }
}
