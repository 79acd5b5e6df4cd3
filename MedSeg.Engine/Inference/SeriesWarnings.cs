using System.Globalization;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference;

/// <summary>Gathers what is to be warned of in a series, so that it is told once and not for each slice.</summary>
/// <param name="series">The series.</param>
/// <param name="format">What its masks are written as.</param>
internal sealed class SeriesWarnings(ScanSeries series, MaskFormat format)
{
    private int _unlike;
    private int _withoutSpacing;
    private SegmentedSlice? _firstUnlike;
    private SegmentedSlice? _firstWithoutSpacing;

    /// <summary>Adds a slice.</summary>
    public void Add(SegmentedSlice slice)
    {
        if (slice.Differences.Count > 0)
        {
            _unlike++;
            _firstUnlike ??= slice;
        }

        if (slice.Spacing is null)
        {
            _withoutSpacing++;
            _firstWithoutSpacing ??= slice;
        }
    }

    /// <summary>Tells the warnings.</summary>
    public void Tell(Action<string>? warning)
    {
        if (_firstUnlike is { } unlike)
        {
            warning?.Invoke($"{unlike.ImagePath}: the image is unlike those that the model was trained on: {string.Join("; ", unlike.Differences)}. {Share(_unlike)} are. Look at the masks before you use them.");
        }

        if (_firstWithoutSpacing is { } missing)
        {
            warning?.Invoke($"{missing.ImagePath}: the file states no pixel spacing, so areas are in pixels only. {Share(_withoutSpacing)} have none. Export the images with Pixel Spacing (0028,0030).");
        }

        if (Lack() is { } lack)
        {
            warning?.Invoke(lack);
        }
    }

    // What a volume does not state, since its images do not.
    private string? Lack()
    {
        IReadOnlyList<SourceSlice> slices = series.Slices;
        bool hasThickness = SeriesGeometry.ThicknessOf(slices) is not null;
        return format switch
        {
            MaskFormat.Nifti when slices.Count == 1 && !hasThickness => $"{slices[0].Path}: the file states no Slice Thickness (0018,0050), so the NIfTI file is a flat image of two axes. Programs that show it in three dimensions may assume one: take no volume from it.",
            MaskFormat.DicomSeg when !SeriesGeometry.IsPlaced(slices) => $"{slices[0].Path}: not every image of the series states its position, orientation and pixel spacing, so the segmentation only tells which image each mask belongs to, and not where it lies. Programs that show it in three dimensions may refuse it.",
            MaskFormat.DicomSeg when !hasThickness => $"{slices[0].Path}: the images state no common Slice Thickness (0018,0050), so the segmentation states no sizes of pixels and slices; they are those of the images that it refers to. Programs that show it in three dimensions may refuse it.",
            _ => null,
        };
    }

    private string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} of {series.Slices.Count} slices of the series");
}
