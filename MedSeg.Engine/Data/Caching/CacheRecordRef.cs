namespace MedSeg.Data.Caching;

/// <summary>The location of a slice in a cache file.</summary>
/// <param name="Offset">The offset of its record in bytes.</param>
/// <param name="TruthBytes">The length in bytes of its packed mask at the original size, with which the record ends.</param>
internal readonly record struct CacheRecordRef(long Offset, int TruthBytes);
