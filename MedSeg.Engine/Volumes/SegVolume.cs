using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>
/// A DICOM segmentation (PS3.3, A.51 and A.101): binary, fractional (a fraction of a half or more counts) or label map.
/// Files may omit frames without labels, so slices without a frame are background.
/// </summary>
internal sealed class SegVolume : LabelVolume
{
    /// <summary>The SOP Class UID of segmentations.</summary>
    public const string SegClass = "1.2.840.10008.5.1.4.1.1.66.4";

    /// <summary>The SOP Class UID of segmentations whose pixels are segment numbers.</summary>
    public const string LabelMapClass = "1.2.840.10008.5.1.4.1.1.66.7";
    private const string SaveAgain = "Save the segmentation again.";

    private readonly DicomPixels _pixels;
    private readonly SegmentRois _segments;
    private readonly IReadOnlyList<SegFrame> _frames;
    private readonly SegFrameMatcher _matcher;
    private readonly HashSet<int> _seen = [];

    // The stored value of a fraction of 1; 1 if the segmentation is not fractional.
    private readonly int _whole;

    private SegVolume(DicomFile file, DicomPixels pixels, SegmentRois segments)
        : base(file.Dataset.Source.Path)
    {
        DicomDataset dataset = file.Dataset;
        _pixels = pixels;
        _segments = segments;
        _matcher = new SegFrameMatcher(dataset.FindText(DicomTag.FrameOfReferenceUid));
        bool isFractional = dataset.FindText(DicomTag.SegmentationType) == "FRACTIONAL";
        _whole = isFractional ? Math.Max((int)(dataset.FindUInt16(DicomTag.MaximumFractionalValue) ?? 255), 1) : 1;
        _frames = ReadFrames(dataset, pixels.Description, IsLabelMap(dataset));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string> RoiNames => _segments.Names;

    /// <summary>Checks from its first bytes whether a file is a DICOM segmentation.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns><see langword="true"/> if it is DICOM with the SOP class of segmentations; <see langword="false"/> if not, or if it cannot be opened.</returns>
    public static bool IsSegmentation(string path) => DicomLabels.ClassOf(path) is SegClass or LabelMapClass;

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the segments determine them.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">
    /// <c>LabelFormat</c> if the file is another DICOM object, <c>SegInvalid</c>, <c>LabelSegmentUnknown</c>, or as the DICOM reader.
    /// </exception>
    public static SegVolume Decode(DicomFile file, LabelMapping map, IReadOnlyList<string> labelNames)
    {
        DicomDataset dataset = file.Dataset;
        if (dataset.FindText(DicomTag.SopClassUid) is not (SegClass or LabelMapClass))
        {
            throw dataset.Source.Error(
                ErrorIds.LabelFormat, "The DICOM file is neither a segmentation (SEG) nor a structure set (RTSTRUCT).", "Export the labels as DICOM SEG, RTSTRUCT, NIfTI or PNG.");
        }

        DicomPixels pixels = DicomPixels.Open(file);
        if (pixels.Description is not { Samples: 1, Format: PixelFormat.Integer, IsSigned: false })
        {
            throw dataset.Source.Error(ErrorIds.SegInvalid, "The pixels of the segmentation are not unsigned integers.", SaveAgain);
        }

        return new SegVolume(file, pixels, SegmentRois.Read(dataset, map, labelNames, IsLabelMap(dataset)));
    }

    /// <inheritdoc/>
    public override void SetSlices(Func<IReadOnlyList<SlicePlane>> read) => _matcher.SetSlices(read());

    /// <inheritdoc/>
    public override SliceLabels Slice(ImageSlice image)
    {
        var labels = new SegLabels(_segments, image.Rows, image.Columns, _whole);
        bool isMatched = AddNamed(image, labels);
        SlicePlane? slice = SlicePlane.Of(image);
        if (slice is null)
        {
            return isMatched || !_frames.Any(frame => frame.Grid is not null)
                ? new SliceLabels(labels.ToImage(), isMatched, labels.Problems(Path))
                : throw NoPosition(image);
        }

        foreach ((SegFrame frame, GridSection section) in _matcher.Find(slice, _frames))
        {
            long[] voxels = new long[image.Rows * image.Columns];
            isMatched |= section.Sample(slice.Plane, frame.Grid!.Counts, voxels) > 0;
            _seen.Add(frame.Index);
            labels.Add(_pixels.ReadStored(frame.Index), frame.Segment, voxels);
        }

        return new SliceLabels(labels.ToImage(), isMatched, labels.Problems(Path));
    }

    // Frames without a position have the pixels of the image that they name.
    private bool AddNamed(ImageSlice image, SegLabels labels)
    {
        bool isMatched = false;
        foreach (SegFrame frame in _frames.Where(f => f.Grid is null && f.IsDrawnOn(image.SopInstanceUid, image.Frame, image.Frames)))
        {
            RequireSize(image);
            labels.Add(_pixels.ReadStored(frame.Index), frame.Segment, voxels: null);
            isMatched = true;
            _seen.Add(frame.Index);
        }

        return isMatched;
    }

    /// <inheritdoc/>
    public override int CountUnseen() =>
        _seen.Count == 0 ? 0 : _frames.Count(frame => !_seen.Contains(frame.Index) && HasLabels(frame));

    private bool HasLabels(SegFrame frame) => Array.Exists(
        _pixels.ReadStored(frame.Index), value => value > 0 && 2L * value >= _whole && _segments.RoiOf(frame.Segment ?? value) is not 0);

    private static bool IsLabelMap(DicomDataset dataset) =>
        dataset.FindText(DicomTag.SegmentationType) == "LABELMAP" || dataset.FindText(DicomTag.SopClassUid) == LabelMapClass;

    private static SegFrame[] ReadFrames(DicomDataset dataset, PixelDescription pixels, bool isLabelMap)
    {
        var groups = new FunctionalGroups(dataset);
        if (groups.FrameCount < pixels.Frames)
        {
            throw dataset.Source.Error(
                ErrorIds.SegInvalid, $"The segmentation has {pixels.Frames} frames, but per-frame functional groups for only {groups.FrameCount}.", SaveAgain);
        }

        return [.. Enumerable.Range(0, pixels.Frames).Select(frame => SegFrame.Read(frame, groups, pixels, isLabelMap))];
    }

    private void RequireSize(ImageSlice image)
    {
        PixelDescription pixels = _pixels.Description;
        if (pixels.Rows != image.Rows || pixels.Columns != image.Columns)
        {
            throw Error(
                ErrorIds.LabelSizeMismatch,
                $"The frames of the segmentation have {pixels.Rows} × {pixels.Columns} pixels and no position, the image has {image.Rows} × {image.Columns} pixels.",
                "Export the segmentation at the size of the image, or with positions.");
        }
    }
}
