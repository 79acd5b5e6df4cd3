using MedSeg.Imaging;
using MedSeg.Inference.Backends;

namespace MedSeg.Inference;

/// <summary>The mask of a slice in memory, and what was measured on it.</summary>
public sealed record SliceMask
{
    /// <summary>Gets the name of the slice.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the ROI number of each pixel, row by row, [Rows, Columns]; 0 is background.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>Gets the rows of the image and of the mask.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the columns of the image and of the mask.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixel centres; null where it is unknown.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the ROIs 1 to K; those that were not found have no pixels.</summary>
    public required IReadOnlyList<SegmentedRoi> Rois { get; init; }

    /// <summary>Gets the mean confidence, 0 to 1, of the ROIs that were found; null where none was.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets what to check by eye.</summary>
    public required SliceFlags Flags { get; init; }

    /// <summary>Gets how the image differs from the training images.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>Measures a mask.</summary>
    /// <param name="image">The image.</param>
    /// <param name="restored">Its mask.</param>
    /// <param name="model">The model, for the names of the ROIs.</param>
    internal static SliceMask Of(PreparedImage image, RestoredMask restored, SegmentationModel model)
    {
        SegmentedRoi[] rois = MaskMeasure.Measure(restored, image.Columns, image.Spacing, model.LabelNames);
        if (model.Description.Calibration is { } calibration)
        {
            rois = Array.ConvertAll(rois, roi => roi with { ExpectedDice = calibration.ExpectedDice(roi.Roi, roi.Confidence) });
        }

        SliceFlags flags = MaskMeasure.FlagsOf(rois);
        flags |= image.Differences.Count > 0 ? SliceFlags.UnlikeTraining : SliceFlags.None;
        flags |= image.HasDetectorSpacing ? SliceFlags.DetectorSpacing : SliceFlags.None;
        return new SliceMask
        {
            Name = image.Name,
            Pixels = restored.Mask,
            Rows = image.Rows,
            Columns = image.Columns,
            Spacing = image.Spacing,
            Rois = rois,
            Confidence = rois.Average(r => r.Confidence),
            Flags = flags,
            Differences = image.Differences,
        };
    }
}
