using System.Globalization;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference;

/// <summary>Collects the warnings of a series, so that each is reported once and not for every slice.</summary>
/// <param name="series">The series.</param>
/// <param name="format">The format of its masks.</param>
internal sealed class SeriesWarnings(ScanSeries series, MaskFormat format)
{
    private int _unlike;
    private int _withoutSpacing;
    private SegmentedSlice? _firstUnlike;
    private SegmentedSlice? _firstWithoutSpacing;
    private readonly SourceSlice[] _noted = [.. series.Slices.Where(slice => slice.SpacingNote is not null)];
    private readonly HashSet<string> _notedNames = [.. series.Slices.Where(slice => slice.SpacingNote is not null).Select(slice => slice.Name)];

    /// <summary>Adds a slice.</summary>
    public void Add(SegmentedSlice slice)
    {
        if (slice.Differences.Count > 0)
        {
            _unlike++;
            _firstUnlike ??= slice;
        }

        if (slice.Spacing is null && !_notedNames.Contains(slice.Name))
        {
            _withoutSpacing++;
            _firstWithoutSpacing ??= slice;
        }
    }

    /// <summary>Reports the warnings of the series.</summary>
    /// <param name="warning">Receives them, or null.</param>
    public void Report(Action<string>? warning)
    {
        if (_firstUnlike is { } unlike)
        {
            warning?.Invoke($"{unlike.ImagePath}: The image differs from the training images: {string.Join("; ", unlike.Differences)}. This affects {Share(_unlike)}. Check the masks before you use them.");
        }

        if (_firstWithoutSpacing is { } missing)
        {
            string advice = series.Slices[0] switch
            {
                { IsPicture: true } => "Give it with -PixelSpacing.",
                { Volume: not null } => "Save the volume with its voxel size.",
                _ => "Export the images with Pixel Spacing (0028,0030).",
            };
            warning?.Invoke($"{missing.ImagePath}: The file has no pixel spacing, so areas are in pixels only. This affects {Share(_withoutSpacing)}. {advice}");
        }

        if (_noted is [{ } noted, ..])
        {
            string areas = noted.Spacing is null ? " Areas are in pixels only." : "";
            warning?.Invoke($"{noted.Path}: {noted.SpacingNote!.Finding}{areas} This affects {Share(_noted.Length)}. {noted.SpacingNote.Advice}");
        }

        if (VolumeWarning() is { } incomplete)
        {
            warning?.Invoke(incomplete);
        }
    }

    // Attributes that the volume does not have because the images do not.
    private string? VolumeWarning()
    {
        IReadOnlyList<SourceSlice> slices = series.Slices;
        if (slices[0].Volume is not null || slices[0].IsPicture)
        {
            return null;
        }

        bool hasThickness = SeriesGeometry.ThicknessOf(slices) is not null;
        return format switch
        {
            MaskFormat.Nifti when slices.Count == 1 && !hasThickness => $"{slices[0].Path}: The file has no Slice Thickness (0018,0050), so the NIfTI file is a 2D image. 3D viewers may assume a thickness: do not measure volumes in it.",
            MaskFormat.Nrrd or MaskFormat.SegNrrd when slices.Count == 1 && !hasThickness => $"{slices[0].Path}: The file has no Slice Thickness (0018,0050), so the NRRD file has a slice of 1 mm: do not measure volumes in it.",
            MaskFormat.DicomSeg when !SeriesGeometry.IsPlaced(slices) => $"{slices[0].Path}: Not every image of the series has a position, orientation and pixel spacing, so the segmentation references its images but has no positions. 3D viewers may reject it.",
            MaskFormat.DicomSeg when !hasThickness => $"{slices[0].Path}: The images have no common Slice Thickness (0018,0050), so the segmentation has no Pixel Measures; its pixels have the sizes of the images that it references. 3D viewers may reject it.",
            _ => null,
        };
    }

    private string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} of {series.Slices.Count} slices of the series");
}
