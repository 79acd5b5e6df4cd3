namespace MedSeg.Devices;

/// <summary>An amount of memory and how much of it is in use, in bytes.</summary>
/// <param name="Total">The whole memory.</param>
/// <param name="Used">The part that is not available at the moment.</param>
internal readonly record struct MemoryAmount(long Total, long Used);
