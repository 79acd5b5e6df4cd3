namespace MedSeg.Tests.Fuzzing;

/// <summary>The managed memory that reading one file may allocate. A reader that learns what the file holds may change it.</summary>
/// <param name="bytes">The limit, in bytes.</param>
internal sealed class AllocationLimit(long bytes)
{
    /// <summary>Gets or sets the limit, in bytes.</summary>
    public long Bytes { get; set; } = bytes;
}
