using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>The pixels of a usable sample, wherever they are kept.</summary>
internal abstract class SliceStore
{
    /// <summary>Brings the pixels into memory; several threads may ask at once.</summary>
    /// <returns>The pixels; dispose of them when they have been used, and not before.</returns>
    /// <exception cref="MedSegException">They are kept in a file that cannot be read any more.</exception>
    public abstract RentedSlice Open();

    /// <summary>Brings the mask at its own size into memory; several threads may ask at once.</summary>
    /// <returns>The ROI numbers, [rows, columns].</returns>
    /// <exception cref="MedSegException">It is kept in a file that cannot be read any more.</exception>
    public abstract PackedMask ReadTruth();
}
