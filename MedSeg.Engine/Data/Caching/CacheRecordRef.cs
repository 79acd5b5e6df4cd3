namespace MedSeg.Data.Caching;

/// <summary>Where a slice lies in a cache file.</summary>
/// <param name="Offset">The offset of its record.</param>
/// <param name="TruthBytes">The bytes of its mask at the mask's own size, which is packed and ends the record.</param>
internal readonly record struct CacheRecordRef(long Offset, int TruthBytes);
