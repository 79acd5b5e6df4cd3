using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Labels;
using MedSeg.Pictures;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>Reads the image and the mask of segmented slices again. It keeps the last volume or multi-frame file in memory, since its slices follow each other.</summary>
internal sealed class SegmentedSliceReader
{
    private string? _imagePath;
    private DicomFrameReader? _frames;
    private ImageVolume? _volume;
    private string? _maskPath;
    private LabelVolume? _labels;

    /// <summary>Gets the names that the last label volume gives to ROI numbers; empty if it gives none.</summary>
    public IReadOnlyDictionary<int, string> RoiNames => _labels?.RoiNames ?? new Dictionary<int, string>();

    /// <summary>Reads a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <exception cref="MedSegException">The slice has no mask, a file cannot be read, or image and mask differ in size.</exception>
    public PicturedSlice Read(SegmentedSlice slice)
    {
        ImageSlice image = ReadImage(slice);
        return new PicturedSlice(image.Pixels, ReadMask(slice, image), image.Rows, image.Columns)
        {
            Spacing = slice.Spacing ?? image.Spacing,
            Plane = image.Plane,
            Directions = image.Plane is { } plane ? SliceDirections.Of(plane) : null,
        };
    }

    private ImageSlice ReadImage(SegmentedSlice slice)
    {
        if (ImageSource.IsVolume(slice.ImagePath))
        {
            return VolumeOf(slice).Read(slice.Frame - 1);
        }

        if (PictureFile.Is(slice.ImagePath))
        {
            return PictureFile.Read(slice.ImagePath, slice.Spacing) is var frames && slice.Frame <= frames.Count ? frames[slice.Frame - 1] : throw Missing(slice);
        }

        if (_imagePath != slice.ImagePath || _frames is null)
        {
            (_frames, _volume, _imagePath) = (null, null, null);
            _frames = new DicomFrameReader(DicomImageReader.Parse(slice.ImagePath));
            _imagePath = slice.ImagePath;
        }

        return slice.Frame <= _frames.Count ? ImageSlice.Of(_frames.Read(slice.Frame - 1)) : throw Missing(slice);
    }

    private ImageVolume VolumeOf(SegmentedSlice slice)
    {
        if (_imagePath == slice.ImagePath && _volume is not null)
        {
            return _volume;
        }

        // The last volume is released before the next one takes memory.
        (_frames, _volume, _imagePath) = (null, null, null);
        VoxelVolume voxels = VolumeFile.Read(slice.ImagePath);
        _volume = SliceCut.Of(slice, voxels.Header) is { } axis ? ImageVolume.Of(voxels, axis) : throw Missing(slice);
        _imagePath = slice.ImagePath;
        return _volume;
    }

    private byte[] ReadMask(SegmentedSlice slice, ImageSlice image)
    {
        string path = slice.MaskPath ?? throw new MedSegException(ErrorKind.NotFound, ErrorIds.LabelMissing, $"{slice.Name}: The slice has no mask.", slice.ImagePath)
        {
            Advice = "Run Invoke-MedSegSegmentation without -WhatIf, so that it writes masks.",
        };
        LabelImage labels;
        if (LabelVolume.IsVolume(path))
        {
            string[] names = [.. slice.Rois.Select(roi => roi.Name)];
            _labels = _maskPath == path && _labels is not null ? _labels : LabelVolume.Open(path, LabelMapping.None, names);
            _maskPath = path;
            labels = _labels.Slice(image).Mask;
        }
        else
        {
            // A TIFF file has the masks of all frames, other pictures that of one.
            bool isStack = image.Frames > 1 && path.EndsWith(".tif", StringComparison.OrdinalIgnoreCase);
            labels = isStack ? LabelReader.ReadFrames(path, image.Frames)[image.Frame - 1] : LabelReader.Read(path);
        }

        if (labels.Rows != image.Rows || labels.Columns != image.Columns)
        {
            throw new FileFormatException(ErrorIds.LabelSizeMismatch, path, $"The mask has {labels.Rows} × {labels.Columns} pixels, the image {image.Rows} × {image.Columns}.") { Advice = "Use the image that was segmented." };
        }

        LabelCheckResult check = LabelSnap.Check(labels, slice.Rois.Count > 0 ? slice.Rois.Count : InputLimits.MaximumRoiCount);
        return check.Roi ?? throw Refuse(check.Problems.First(p => p.Severity == LabelSeverity.Error), path);
    }

    private static FileFormatException Refuse(LabelProblem problem, string path) => new(problem.Code, path, problem.Message) { Advice = problem.Advice };

    private static FileFormatException Missing(SegmentedSlice slice) =>
        new(ErrorIds.ImageChanged, slice.ImagePath, $"The file has no slice {slice.Frame} of {slice.Rows} × {slice.Columns} pixels, so it is not the one that was segmented.") { Advice = "Segment the images again." };
}
