namespace MedSeg.Comparison;

/// <summary>A mask that combines those of several raters.</summary>
public sealed record ConsensusMask
{
    /// <summary>Gets the name of the slice.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the absolute path of the mask, an indexed PNG; null if it was not written.</summary>
    public string? MaskPath { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the number of raters with a mask for the slice.</summary>
    public required int Raters { get; init; }

    /// <summary>Gets the number of pixels on which the raters do not all agree.</summary>
    public required long DisputedPixels { get; init; }

    /// <summary>Gets the number of pixels that became background because two values had equally many votes; 0 for STAPLE.</summary>
    public required long TiedPixels { get; init; }
}
