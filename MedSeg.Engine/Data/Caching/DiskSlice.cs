namespace MedSeg.Data.Caching;

/// <summary>Pixels that are read from a file each time.</summary>
/// <param name="file">The file, which stays open as long as a sample needs it.</param>
/// <param name="record">The number of the record, from 0.</param>
internal sealed class DiskSlice(CacheFile file, int record) : SlicePixels
{
    /// <summary>Gets the number of the record.</summary>
    public int Record => record;

    /// <summary>Gets the file.</summary>
    public CacheFile File => file;

    /// <inheritdoc/>
    public override SliceLease Open() => file.Read(record);
}
