namespace MedSeg.Wording;

/// <summary>Makes sentences of clauses.</summary>
internal static class Sentence
{
    /// <summary>Begins a text with a capital letter.</summary>
    /// <param name="text">The text, not empty.</param>
    public static string Capitalize(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
