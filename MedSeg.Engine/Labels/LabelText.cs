namespace MedSeg.Labels;

/// <summary>Cleans the names that files give to ROIs: they appear in messages, and must not have control characters.</summary>
internal static class LabelText
{
    private const int MostCharacters = 64;

    /// <summary>Cleans a name.</summary>
    /// <param name="name">The name; may be <see langword="null"/>.</param>
    /// <returns>At most 64 characters, composed as typed on a keyboard; <see langword="null"/> if there is no name.</returns>
    public static string? Clean(string? name) => string.IsNullOrWhiteSpace(name)
        ? null
        : string.Concat(Compose(name).Take(MostCharacters).Select(c => char.IsControl(c) || c is '\'' or (>= '\uFFFE') ? '?' : c));

    private static string Compose(string name)
    {
        try
        {
            return name.Normalize();
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair, or a code that is no character.
            return name;
        }
    }
}
