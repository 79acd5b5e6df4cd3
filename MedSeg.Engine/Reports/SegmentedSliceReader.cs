using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Pictures;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>Reads the image and the mask of segmented slices again. It keeps the last volume or multi-frame file in memory, since its slices follow each other.</summary>
internal sealed class SegmentedSliceReader
{
    private readonly MaskFileReader _masks = new();
    private string? _imagePath;
    private DicomFrameReader? _frames;
    private ImageVolume? _volume;

    /// <summary>Gets the names that the last label volume gives to ROI numbers; empty if it gives none.</summary>
    public IReadOnlyDictionary<int, string> RoiNames => _masks.RoiNames;

    /// <summary>Reads slices; those that cannot be read are errors and left out.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="events">Receives progress and errors; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    public (SegmentedSlice Slice, PicturedSlice Drawn)[] ReadAll(IReadOnlyList<SegmentedSlice> slices, EngineEvents? events, CancellationToken cancellationToken)
    {
        var read = new List<(SegmentedSlice, PicturedSlice)>();
        for (int i = 0; i < slices.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                read.Add((slices[i], Read(slices[i])));
            }
            catch (MedSegException e)
            {
                events?.Error?.Invoke(e);
            }

            events?.Progress?.Invoke(new WorkProgress(i + 1, slices.Count));
        }

        return [.. read];
    }

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
            return PictureFile.ReadFirst(slice.ImagePath, slice.Spacing) is var frames && slice.Frame <= frames.Count ? frames[slice.Frame - 1] : throw Missing(slice);
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
        VoxelVolume voxels = VolumeFile.Open(slice.ImagePath);
        _volume = SliceCut.Of(slice, voxels.Header) is { } axis ? ImageVolume.Of(voxels, axis, [0]) : throw Missing(slice);
        _imagePath = slice.ImagePath;
        return _volume;
    }

    private byte[] ReadMask(SegmentedSlice slice, ImageSlice image)
    {
        string path = slice.MaskPath ?? throw new MedSegException(ErrorKind.NotFound, ErrorIds.LabelMissing, $"{slice.Name}: The slice has no mask.", slice.ImagePath)
        {
            Advice = "Run Invoke-MedSegSegmentation without -WhatIf, so that it writes masks.",
        };
        int roiCount = slice.Rois.Count > 0 ? slice.Rois.Count : InputLimits.MaximumRoiCount;
        return _masks.Read(path, image, [.. slice.Rois.Select(roi => roi.Name)], roiCount);
    }

    private static FileFormatException Missing(SegmentedSlice slice) =>
        new(ErrorIds.ImageChanged, slice.ImagePath, $"The file has no slice {slice.Frame} of {slice.Rows} × {slice.Columns} pixels, so it is not the one that was segmented.") { Advice = "Segment the images again." };
}
