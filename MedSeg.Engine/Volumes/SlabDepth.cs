namespace MedSeg.Volumes;

/// <summary>Computes the thickness of the slab that each slice of a series stands for.</summary>
internal static class SlabDepth
{
    /// <summary>Computes thicknesses: a slab reaches halfway to both neighbours, and at the ends as far outwards as inwards.</summary>
    /// <param name="locations">The position of each slice along the normal of its plane, in mm, in ascending order; null if it is not known.</param>
    /// <returns>The thickness of each slab, in mm; null for fewer than two slices, or if a position is not known or occurs twice.</returns>
    public static double[]? Of(IReadOnlyList<double?> locations)
    {
        if (locations.Count < 2 || locations.Any(location => location is null))
        {
            return null;
        }

        double[] gaps = [.. locations.Skip(1).Select((location, i) => location!.Value - locations[i]!.Value)];
        return Array.Exists(gaps, gap => gap <= 0)
            ? null
            : [.. locations.Select((_, i) => (gaps[Math.Max(0, i - 1)] + gaps[Math.Min(i, gaps.Length - 1)]) / 2)];
    }
}
