using MedSeg.Imaging;

namespace MedSeg.Inference;

/// <summary>Measures the ROIs of a mask.</summary>
internal static class MaskMeasure
{
    /// <summary>Counts pixels, means of confidence and what reaches the edge.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="before">The ROI numbers that the network gave.</param>
    /// <param name="confidence">The probabilities of these.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="spacing">The distance between pixels; null where it is not known.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <returns>The ROIs 1 to K.</returns>
    public static SegmentedRoi[] Measure(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> before, ReadOnlySpan<float> confidence, int columns, PixelSpacing? spacing, IReadOnlyList<string> names)
    {
        long[] pixels = new long[names.Count + 1];
        long[] given = new long[names.Count + 1];
        double[] sums = new double[names.Count + 1];
        bool[] touches = new bool[names.Count + 1];
        int last = mask.Length / columns - 1;
        for (int i = 0; i < mask.Length; i++)
        {
            int roi = mask[i];
            if (roi == 0)
            {
                continue;
            }

            pixels[roi]++;
            if (before[i] == roi)
            {
                given[roi]++;
                sums[roi] += confidence[i];
            }

            (int row, int column) = Math.DivRem(i, columns);
            touches[roi] |= row == 0 || row == last || column == 0 || column == columns - 1;
        }

        var rois = new SegmentedRoi[names.Count];
        for (int roi = 1; roi <= rois.Length; roi++)
        {
            double? mean = given[roi] > 0 ? sums[roi] / given[roi] : null;
            rois[roi - 1] = new SegmentedRoi(roi, names[roi - 1], pixels[roi], pixels[roi] * spacing?.PixelArea, mean, touches[roi]);
        }

        return rois;
    }
}
