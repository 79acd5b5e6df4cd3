namespace MedSeg.Data.Caching;

/// <summary>How an import used its cache file.</summary>
public sealed record CacheReport
{
    /// <summary>Gets the absolute path of the cache file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the number of pairs that were loaded from the cache.</summary>
    public required int Taken { get; init; }

    /// <summary>Gets the number of pairs that were decoded from their files.</summary>
    public required int Decoded { get; init; }

    /// <summary>Gets the decisions and their reasons, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
