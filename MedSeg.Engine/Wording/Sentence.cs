namespace MedSeg.Wording;

/// <summary>Makes sentences of clauses and lists.</summary>
internal static class Sentence
{
    /// <summary>Begins a text with a capital letter.</summary>
    /// <param name="text">The text, not empty.</param>
    public static string Capitalize(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>Lists the first of many things: <c>a, b and others</c>.</summary>
    /// <typeparam name="T">The type of the things.</typeparam>
    /// <param name="items">The things.</param>
    /// <param name="most">The largest number that is listed.</param>
    public static string List<T>(IReadOnlyCollection<T> items, int most) =>
        string.Join(", ", items.Take(most)) + (items.Count > most ? " and others" : string.Empty);
}
