using MedSeg.Data.Samples;

namespace MedSeg.Tests.Data;

/// <summary>The pixels of samples, to look at for as long as a test likes.</summary>
internal static class SamplePixels
{
    /// <summary>Copies the intensities, [S, S].</summary>
    public static float[] Image(this Sample sample)
    {
        using RentedSlice slice = sample.Pixels!.Open();
        return [.. slice.Image];
    }

    /// <summary>Copies the ROI numbers, [S, S].</summary>
    public static byte[] Roi(this Sample sample)
    {
        using RentedSlice slice = sample.Pixels!.Open();
        return [.. slice.Roi];
    }
}
