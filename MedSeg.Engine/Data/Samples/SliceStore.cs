using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>The pixels of a usable sample, in memory or in a cache file.</summary>
internal abstract class SliceStore
{
    /// <summary>Loads the pixels into memory. Several threads may call this at once.</summary>
    /// <returns>The pixels, to be disposed of after use.</returns>
    /// <exception cref="MedSegException">The pixels are in a cache file that can no longer be read, or are damaged.</exception>
    public abstract RentedSlice Open();

    /// <summary>Loads the mask at its original size into memory. Several threads may call this at once.</summary>
    /// <returns>The ROI numbers, [rows, columns].</returns>
    /// <exception cref="MedSegException">The mask is in a cache file that can no longer be read, or is damaged.</exception>
    public abstract PackedMask ReadTruth();
}
