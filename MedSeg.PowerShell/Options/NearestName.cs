namespace MedSeg.PowerShell.Options;

/// <summary>Finds what somebody who mistyped a name will have meant.</summary>
internal static class NearestName
{
    /// <summary>Finds the known name that takes the fewest changes of a letter.</summary>
    /// <param name="typed">What was written.</param>
    /// <param name="known">The known names.</param>
    /// <returns>The name, or null where none is near.</returns>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        (string? name, int changes) = known.Select(name => (name, Changes(typed, name))).MinBy(found => found.Item2);
        return changes <= Math.Max(2, typed.Length / 3) ? name : null;
    }

    // Letters put in, left out or replaced (Levenshtein 1966).
    private static int Changes(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[^1];
    }
}
