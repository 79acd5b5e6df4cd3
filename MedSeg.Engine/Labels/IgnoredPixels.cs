namespace MedSeg.Labels;

/// <summary>
/// Pixels of a mask of which nobody said what they are. They have a number of their own, above that of every ROI. They count neither as
/// background nor as an ROI: in no loss, score or inspection.
/// </summary>
internal static class IgnoredPixels
{
    /// <summary>The number of ignored pixels in masks of ROI numbers.</summary>
    public const byte Number = byte.MaxValue;

    /// <summary>Counts the ignored pixels of a mask.</summary>
    /// <param name="roi">The ROI numbers.</param>
    public static long Count(ReadOnlySpan<byte> roi) => roi.Count(Number);

    /// <summary>Returns a mask in which ignored pixels are background.</summary>
    /// <param name="roi">The ROI numbers.</param>
    /// <returns>The same array if no pixel is ignored.</returns>
    public static byte[] AsBackground(byte[] roi)
    {
        if (!roi.AsSpan().Contains(Number))
        {
            return roi;
        }

        byte[] known = [.. roi];
        known.AsSpan().Replace(Number, (byte)0);
        return known;
    }

    /// <summary>Makes ignored pixels background in both masks, so that no score depends on what was found there.</summary>
    /// <param name="truth">The ROI numbers of the label mask.</param>
    /// <param name="found">The ROI numbers that were found, of the same pixels.</param>
    public static void Exclude(Span<byte> truth, Span<byte> found)
    {
        for (int i = truth.IndexOf(Number); i >= 0 && i < truth.Length; i++)
        {
            if (truth[i] == Number)
            {
                (truth[i], found[i]) = (0, 0);
            }
        }
    }
}
