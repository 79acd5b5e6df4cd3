namespace MedSeg.Pictures;

/// <summary>Shortens long names in the middle, because they usually differ at the beginning or the end.</summary>
internal static class MiddleEllipsis
{
    /// <summary>Finds the longest shortened form that fits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fits">Tells whether a form fits; shorter forms of a fitting one must fit too.</param>
    /// <returns>The text itself, or its beginning and end with … between.</returns>
    public static string Shorten(string text, Func<string, bool> fits)
    {
        if (fits(text))
        {
            return text;
        }

        int low = 0;
        int high = Math.Max(0, text.Length - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = fits(Keep(text, middle)) ? (middle, high) : (low, middle - 1);
        }

        return Keep(text, low);
    }

    private static string Keep(string text, int characters)
    {
        int start = (characters + 1) / 2;
        int end = text.Length - (characters / 2);
        start -= start > 0 && char.IsHighSurrogate(text[start - 1]) ? 1 : 0;
        end += end < text.Length && char.IsLowSurrogate(text[end]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, start), "…", text.AsSpan(end));
    }
}
