using MedSeg.Imaging;

namespace MedSeg.Metrics;

/// <summary>
/// Distances between the edges of two masks. An edge is the pixels of a mask of which a neighbour by a side is not in it; what lies
/// outside of the image is in no mask. Both are MONAI's definitions.
/// </summary>
internal static class SurfaceDistances
{
    /// <summary>Measures two masks.</summary>
    /// <param name="truth">The mask that is right.</param>
    /// <param name="found">The mask that was found.</param>
    /// <param name="roi">The ROI.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="spacing">The distance between pixels.</param>
    /// <returns>
    /// The greater of the 95th percentiles of the distances of each edge to the other (interpolated linearly between ranks), and the
    /// mean of the distances of both edges together, in mm; null where a mask has no pixel.
    /// </returns>
    public static (double Hausdorff95, double Mean)? Measure(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> found, byte roi, int columns, PixelSpacing spacing)
    {
        bool[] first = Edge(truth, roi, columns);
        bool[] second = Edge(found, roi, columns);
        if (!first.Contains(true) || !second.Contains(true))
        {
            return null;
        }

        double[] forth = At(first, DistanceTransform.Compute(second, columns, spacing));
        double[] back = At(second, DistanceTransform.Compute(first, columns, spacing));
        double mean = (forth.Sum() + back.Sum()) / (forth.Length + back.Length);
        return (Math.Max(Percentile(forth, 0.95), Percentile(back, 0.95)), mean);
    }

    /// <summary>Gives the value at a share of the ranks, interpolated linearly (numpy.percentile's default).</summary>
    /// <param name="values">The values, at least one; they are sorted.</param>
    /// <param name="share">The share, from 0 to 1.</param>
    public static double Percentile(double[] values, double share)
    {
        Array.Sort(values);
        double rank = share * (values.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, values.Length - 1);
        return values[below] + ((rank - below) * (values[above] - values[below]));
    }

    private static bool[] Edge(ReadOnlySpan<byte> mask, byte roi, int columns)
    {
        bool[] edge = new bool[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            int column = i % columns;
            edge[i] = mask[i] == roi
                && !(column > 0 && mask[i - 1] == roi && column < columns - 1 && mask[i + 1] == roi
                    && i >= columns && mask[i - columns] == roi && i + columns < mask.Length && mask[i + columns] == roi);
        }

        return edge;
    }

    private static double[] At(bool[] edge, double[] distances)
    {
        var values = new List<double>();
        for (int i = 0; i < edge.Length; i++)
        {
            if (edge[i])
            {
                values.Add(distances[i]);
            }
        }

        return [.. values];
    }
}
