using MedSeg.Errors;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Finds a font to write with.</summary>
internal static class ReportFont
{
    private static readonly string[] s_preferred =
        ["DejaVu Sans", "Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Open Sans", "Arial"];

    /// <summary>Gets the family that reports are written in.</summary>
    /// <returns>The name of an installed font family.</returns>
    /// <exception cref="MedSegException">No font is installed, so that no text can be drawn.</exception>
    public static string Family() => ChooseFamily(SKFontManager.Default.FontFamilies);

    /// <summary>Chooses a plain sans-serif family, or else any.</summary>
    /// <param name="installed">The families that are installed.</param>
    /// <returns>One of them.</returns>
    /// <exception cref="MedSegException">There is none.</exception>
    public static string ChooseFamily(IEnumerable<string> installed)
    {
        string[] families = [.. installed.Where(name => !string.IsNullOrEmpty(name))];
        if (families.Length == 0)
        {
            throw new MedSegException(
                ErrorKind.NotFound,
                "NoFont",
                "No font was found, so the text of plots and pictures cannot be drawn. Install one where every program finds it: on Debian and Ubuntu 'apt install fonts-dejavu-core', on Fedora 'dnf install dejavu-sans-fonts', on Alpine 'apk add font-dejavu'.");
        }

        foreach (string name in s_preferred)
        {
            if (families.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return families[0];
    }
}
