using MedSeg.Imaging;
using MedSeg.Wording;

namespace MedSeg.Reports.Review;

/// <summary>A slice of a report, and what its reader decided.</summary>
public sealed record ReviewedSlice
{
    /// <summary>Gets the name of the slice.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the decision.</summary>
    public required ReviewDecision Decision { get; init; }

    /// <summary>Gets the comment; empty if there is none.</summary>
    public required string Comment { get; init; }

    /// <summary>Gets the absolute path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Gets the absolute path of each channel's file; empty if one file has all channels.</summary>
    public IReadOnlyList<string> ChannelPaths { get; init => field = ItemList<string>.Of(value); } = ItemList<string>.Of([]);

    /// <summary>Gets the absolute path of the mask, or of the volume of the series; null if the slice has none.</summary>
    public required string? MaskPath { get; init; }

    /// <summary>Gets the number of the frame in the image file, from 1; null in reports of data sets.</summary>
    public required int? Frame { get; init; }

    /// <summary>Gets the axis along which the frame counts the slices of a volume; <see cref="SliceAxis.Auto"/> for other images.</summary>
    public SliceAxis Axis { get; init; }

    /// <summary>Gets the name of the series; empty in reports of data sets.</summary>
    public required string Series { get; init; }
}
