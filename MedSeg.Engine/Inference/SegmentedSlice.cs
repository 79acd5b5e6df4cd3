using MedSeg.Imaging;
using MedSeg.Wording;

namespace MedSeg.Inference;

/// <summary>A segmented slice: the files that were written, and what was measured on the mask.</summary>
public sealed record SegmentedSlice
{
    /// <summary>Gets the name: the path of the image relative to the folder that was given, without extension, and the frame of a multi-frame file.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the series: that of its first slice.</summary>
    public required string Series { get; init; }

    /// <summary>Gets the absolute path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Gets the frame within the file, from 1.</summary>
    public required int Frame { get; init; }

    /// <summary>Gets the absolute path of the mask, or of the volume of the series; null where none was written.</summary>
    public string? MaskPath { get; init; }

    /// <summary>Gets the absolute path of the overlay; null unless overlays were requested.</summary>
    public string? OverlayPath { get; init; }

    /// <summary>Gets the number of rows of the image and the mask.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns of the image and the mask.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixel centres; null where the file does not state it.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the position of the slice along the normal of its plane, in mm, by which the series is sorted; null where the file does not state it.</summary>
    public double? Location { get; init; }

    /// <summary>Gets the ROIs 1 to K; those that were not found have no pixels.</summary>
    public required IReadOnlyList<SegmentedRoi> Rois { get; init => field = ItemList<SegmentedRoi>.Of(value); }

    /// <summary>Gets the mean confidence of the ROIs that were found; null where none was.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets what to check by eye.</summary>
    public required SliceFlags Flags { get; init; }

    /// <summary>Gets how the image differs from the training images.</summary>
    public IReadOnlyList<string> Differences { get; init => field = ItemList<string>.Of(value); } = ItemList<string>.Of([]);

    /// <summary>Gets the absolute paths of the models that segmented the slice; empty if that is not known.</summary>
    public IReadOnlyList<string> ModelPaths { get; init => field = ItemList<string>.Of(value); } = ItemList<string>.Of([]);

    /// <summary>Begins the record of a slice before its mask is measured.</summary>
    /// <param name="series">The series.</param>
    /// <param name="slice">The slice.</param>
    internal static SegmentedSlice Of(Scans.ScanSeries series, Scans.SourceSlice slice) => new()
    {
        Name = slice.Name,
        Series = series.Name,
        ImagePath = slice.Path,
        Frame = slice.Frame + 1,
        Rows = slice.Rows,
        Columns = slice.Columns,
        Spacing = slice.Spacing,
        Location = slice.Location,
        Rois = [],
        Flags = SliceFlags.None,
    };
}
