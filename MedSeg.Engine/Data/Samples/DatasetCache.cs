namespace MedSeg.Data.Samples;

/// <summary>Where decoded slices are stored.</summary>
public enum DatasetCache
{
    /// <summary>In memory, as long as the data set is used.</summary>
    Memory,

    /// <summary>In a file, which training reads and later imports of the same files reuse.</summary>
    Disk,
}
