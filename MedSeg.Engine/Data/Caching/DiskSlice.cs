using MedSeg.Data.Samples;
using MedSeg.Imaging;

namespace MedSeg.Data.Caching;

/// <summary>Pixels that are read from a file each time.</summary>
/// <param name="file">The file, which stays open as long as a sample needs it.</param>
/// <param name="place">Where they are in it.</param>
internal sealed class DiskSlice(CacheFile file, CacheRecordRef place) : SliceStore
{
    /// <summary>Gets where the pixels are in the file.</summary>
    public CacheRecordRef Place => place;

    /// <inheritdoc/>
    public override RentedSlice Open() => file.Read(place);

    /// <inheritdoc/>
    public override PackedMask ReadTruth() => file.ReadTruth(place);
}
