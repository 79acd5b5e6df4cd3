namespace MedSeg.Data.Caching;

/// <summary>What an import took from its cache file, and what it put there.</summary>
public sealed record CacheReport
{
    /// <summary>Gets the absolute path of the cache file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the number of pairs that were taken from it.</summary>
    public required int Taken { get; init; }

    /// <summary>Gets the number of pairs that were read from their own files.</summary>
    public required int Decoded { get; init; }

    /// <summary>Gets what was decided, and why, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
