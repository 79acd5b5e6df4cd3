namespace MedSeg.Data.Samples;

/// <summary>Where decoded slices are kept.</summary>
public enum DatasetCache
{
    /// <summary>In memory, for as long as the data set is used.</summary>
    Memory,

    /// <summary>In a file, from which training reads them, and which later imports of the same files take.</summary>
    Disk,
}
