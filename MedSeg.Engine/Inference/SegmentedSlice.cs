using MedSeg.Imaging;

namespace MedSeg.Inference;

/// <summary>A slice that was segmented: where its mask is and what is in it.</summary>
public sealed record SegmentedSlice
{
    /// <summary>Gets the name: the path of the image within the folder that was given, without ending; with the frame's number where there are several.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the series: that of its first slice.</summary>
    public required string Series { get; init; }

    /// <summary>Gets the absolute path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Gets the frame within the file, from 1.</summary>
    public required int Frame { get; init; }

    /// <summary>Gets the absolute path of the mask, or of the series' volume; null where none was written.</summary>
    public string? MaskPath { get; init; }

    /// <summary>Gets the absolute path of the picture; null where none was asked for.</summary>
    public string? OverlayPath { get; init; }

    /// <summary>Gets the rows of image and mask.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the columns of image and mask.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixels; null where the file does not say.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the place of the slice across its plane, in mm, by which the series is sorted; null where the file does not say.</summary>
    public double? Location { get; init; }

    /// <summary>Gets the ROIs 1 to K; those that the slice lacks have no pixels.</summary>
    public required IReadOnlyList<SegmentedRoi> Rois { get; init; }

    /// <summary>Gets the mean of the confidences of the ROIs that are there; null where none is.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets what a person is to look at.</summary>
    public required SliceFlags Flags { get; init; }

    /// <summary>Gets in what the image differs from those that the model was trained on.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];
}
