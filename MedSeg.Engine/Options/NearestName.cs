namespace MedSeg.Options;

/// <summary>Suggests the name that a mistyped one most likely stands for.</summary>
public static class NearestName
{
    /// <summary>Finds the known name with the smallest edit distance (Levenshtein 1966); case does not matter.</summary>
    /// <param name="typed">The mistyped name.</param>
    /// <param name="known">The known names; at least one.</param>
    /// <returns>The name, or null where none is similar.</returns>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(typed);
        (string? name, int changes) = known.Select(name => (name, Changes(typed, name))).MinBy(found => found.Item2);
        return changes <= Math.Max(2, typed.Length / 3) ? name : null;
    }

    // The number of letters inserted, deleted or replaced.
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
