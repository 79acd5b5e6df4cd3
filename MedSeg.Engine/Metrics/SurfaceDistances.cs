using MedSeg.Imaging;

namespace MedSeg.Metrics;

/// <summary>
/// Distances between the edges of two masks. The edge of a mask is its pixels with a side neighbour outside of the mask or of the image, as
/// MONAI defines it.
/// </summary>
internal static class SurfaceDistances
{
    /// <summary>Measures two masks.</summary>
    /// <param name="truth">The label mask.</param>
    /// <param name="found">The found mask.</param>
    /// <param name="roi">The ROI number.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="spacing">The distance between pixels.</param>
    /// <returns>
    /// The larger of the 95th percentiles of the distances of each edge to the other (interpolated linearly between ranks), and the
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

        double[] forward = At(first, DistanceTransform.Compute(second, columns, spacing));
        double[] back = At(second, DistanceTransform.Compute(first, columns, spacing));
        double mean = (forward.Sum() + back.Sum()) / (forward.Length + back.Length);
        return (Math.Max(Statistics.Percentile(forward, 0.95), Statistics.Percentile(back, 0.95)), mean);
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
