namespace MedSeg.Labels;

/// <summary>Counts the values of a label mask.</summary>
internal static class LabelHistogram
{
    // Covers 16-bit grey; greater values and fractions are rare and counted in a dictionary.
    private const int TableLength = 1 << 16;

    /// <summary>Counts how many pixels have each value.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The values that occur, in ascending order (NaN first).</returns>
    public static IReadOnlyList<LabelValueCount> Count(ReadOnlySpan<float> values)
    {
        int[] table = new int[TableLength];
        Dictionary<float, long>? others = null;
        foreach (float value in values)
        {
            int index = value is >= 0 and < TableLength ? (int)value : 0;
            if (index == value)
            {
                table[index]++;
            }
            else
            {
                others ??= [];
                others[value] = others.GetValueOrDefault(value) + 1;
            }
        }

        var counts = new List<LabelValueCount>();
        for (int value = 0; value < TableLength; value++)
        {
            if (table[value] > 0)
            {
                counts.Add(new LabelValueCount(value, table[value]));
            }
        }

        if (others is not null)
        {
            foreach ((float value, long pixels) in others)
            {
                counts.Add(new LabelValueCount(value, pixels));
            }

            counts.Sort((a, b) => a.Value.CompareTo(b.Value));
        }

        return counts;
    }
}
