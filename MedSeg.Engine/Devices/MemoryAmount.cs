namespace MedSeg.Devices;

/// <summary>How much memory there is and how much of it is in use, in bytes.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Used">What cannot be had at the moment.</param>
internal readonly record struct MemoryAmount(long Total, long Used);
