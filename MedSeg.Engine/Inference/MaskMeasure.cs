using MedSeg.Imaging;

namespace MedSeg.Inference;

/// <summary>Measures the ROIs of a mask.</summary>
internal static class MaskMeasure
{
    /// <summary>Counts pixels, averages the confidence and finds ROIs that touch the border.</summary>
    /// <param name="restored">The mask, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="spacing">The distance between pixels; null where it is unknown.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <returns>The ROIs 1 to K.</returns>
    public static SegmentedRoi[] Measure(RestoredMask restored, int columns, PixelSpacing? spacing, IReadOnlyList<string> names)
    {
        byte[] mask = restored.Mask;
        long[] pixels = new long[names.Count + 1];
        long[] predicted = new long[names.Count + 1];
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
            if (restored.Predicted[i] == roi)
            {
                predicted[roi]++;
                sums[roi] += restored.Confidence[i];
            }

            (int row, int column) = Math.DivRem(i, columns);
            touches[roi] |= row == 0 || row == last || column == 0 || column == columns - 1;
        }

        var rois = new SegmentedRoi[names.Count];
        for (int roi = 1; roi <= rois.Length; roi++)
        {
            double? mean = predicted[roi] > 0 ? sums[roi] / predicted[roi] : null;
            rois[roi - 1] = new SegmentedRoi(roi, names[roi - 1], pixels[roi], pixels[roi] * spacing?.PixelArea, mean, touches[roi]);
        }

        return rois;
    }

    /// <summary>Says what to check by eye about ROIs.</summary>
    /// <param name="rois">The ROIs.</param>
    public static SliceFlags FlagsOf(SegmentedRoi[] rois) =>
        (Array.Exists(rois, roi => roi.TouchesBorder) ? SliceFlags.TouchesBorder : SliceFlags.None) | (Array.TrueForAll(rois, roi => roi.Pixels == 0) ? SliceFlags.Empty : SliceFlags.None);
}
