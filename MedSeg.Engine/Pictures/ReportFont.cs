using MedSeg.Errors;
using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>Finds a font for the text in plots and pictures.</summary>
internal static class ReportFont
{
    private static readonly string[] s_preferred =
        ["DejaVu Sans", "Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Open Sans", "Arial"];

    /// <summary>Returns the font family of reports.</summary>
    /// <returns>The name of an installed font family.</returns>
    /// <exception cref="MedSegException">No font is installed (<c>NoFont</c>).</exception>
    public static string Family() => ChooseFamily(SKFontManager.Default.FontFamilies);

    /// <summary>Opens the typeface of pictures that can do without text.</summary>
    /// <returns>The typeface; null if no font is installed.</returns>
    public static SKTypeface? TryOpen() => SKFontManager.Default.FontFamilies.Any(name => !string.IsNullOrEmpty(name)) ? SKTypeface.FromFamilyName(Family(), SKFontStyle.Bold) : null;

    /// <summary>Picks a sans-serif family, or any if none is installed.</summary>
    /// <param name="installed">The installed families.</param>
    /// <returns>One of them.</returns>
    /// <exception cref="MedSegException">There is none (<c>NoFont</c>).</exception>
    public static string ChooseFamily(IEnumerable<string> installed)
    {
        string[] families = [.. installed.Where(name => !string.IsNullOrEmpty(name))];
        if (families.Length == 0)
        {
            throw new MedSegException(
                ErrorKind.NotFound,
                ErrorIds.NoFont,
                "No font is installed, so the text of plots and pictures cannot be drawn.")
            {
                Advice = "Install one: 'apt install fonts-dejavu-core' on Debian and Ubuntu, 'dnf install dejavu-sans-fonts' on Fedora, 'apk add font-dejavu' on Alpine.",
            };
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
