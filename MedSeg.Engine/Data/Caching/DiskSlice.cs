using MedSeg.Data.Samples;
using MedSeg.Imaging;

namespace MedSeg.Data.Caching;

/// <summary>Pixels in a cache file, which are read each time.</summary>
/// <param name="file">The file, which stays open as long as a sample uses it.</param>
/// <param name="location">The location in the file.</param>
internal sealed class DiskSlice(CacheFile file, CacheRecordRef location) : SliceStore
{
    /// <summary>Gets the location in the file.</summary>
    public CacheRecordRef Location => location;

    /// <inheritdoc/>
    public override RentedSlice Open() => file.Read(location);

    /// <inheritdoc/>
    public override PackedMask ReadTruth() => file.ReadTruth(location);
}
