using System.Text;

namespace MedSeg.Data.Files;

/// <summary>Compares the names of images and masks as people see them.</summary>
internal static class PairName
{
    // Between a name and what a program adds to it, such as S00_mask, S00-seg, S00_0000 or S00.dcm.
    private const string Separators = "_-. ";

    /// <summary>Says whether a character separates a name from an addition.</summary>
    /// <param name="character">The character.</param>
    public static bool IsSeparator(char character) => Separators.Contains(character, StringComparison.Ordinal);

    /// <summary>Returns the composed Unicode form (NFC) of a name: macOS writes ä as a and two dots, other systems as one character.</summary>
    /// <param name="name">The name.</param>
    public static string Compose(string name)
    {
        try
        {
            return name.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair, which some file systems allow.
            return name;
        }
    }

    /// <summary>Returns what two names have in common that differ only by Unicode form or case.</summary>
    /// <param name="name">The name.</param>
    public static string Fold(string name) => Compose(Compose(name).ToUpperInvariant());

    /// <summary>Removes a suffix, compared without regard to case and Unicode form.</summary>
    /// <param name="name">The name.</param>
    /// <param name="suffix">The suffix.</param>
    /// <returns>The name without it; <see langword="null"/> if the name does not end with it, or consists of it.</returns>
    public static string? WithoutSuffix(string name, string suffix)
    {
        (string composed, string end) = (Compose(name), Compose(suffix));
        int slash = composed.LastIndexOf('/');
        return composed.Length - slash - 1 > end.Length && composed.EndsWith(end, StringComparison.OrdinalIgnoreCase) ? composed[..^end.Length] : null;
    }

    /// <summary>Lists the shorter names that a name may be an addition to, the longest first.</summary>
    /// <param name="name">The name, for example <c>P01/S00_mask</c>.</param>
    /// <returns>Each start and addition, for example <c>P01/S00</c> and <c>_mask</c>.</returns>
    public static IEnumerable<(string Start, string Addition)> Starts(string name)
    {
        string composed = Compose(name);
        for (int i = composed.Length - 1; i > composed.LastIndexOf('/') + 1; i--)
        {
            if (IsSeparator(composed[i]))
            {
                yield return (composed[..i], composed[i..]);
            }
        }
    }
}
