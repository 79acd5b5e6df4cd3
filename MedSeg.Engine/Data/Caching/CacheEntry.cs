using MedSeg.Data.Files;
using MedSeg.Data.Samples;

namespace MedSeg.Data.Caching;

/// <summary>A pair of image and mask in a cache.</summary>
internal sealed record CacheEntry
{
    /// <summary>The <see cref="RoiCount"/> of a pair that was decoded while the number of ROIs was not known.</summary>
    public const int NoRoiCount = 0;

    /// <summary>Gets the name of the pair.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the files that it was decoded from, in the order of <see cref="SamplePair.Files"/>.</summary>
    public required IReadOnlyList<FileStamp> Files { get; init; }

    /// <summary>Gets the number of ROIs that it was decoded with, or <see cref="NoRoiCount"/>.</summary>
    public required int RoiCount { get; init; }

    /// <summary>Gets the samples without their pixels; patients are hashed with the user's salt.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>Gets the location of the pixels of each sample; null if it has none.</summary>
    public required IReadOnlyList<CacheRecordRef?> Places { get; init; }
}
