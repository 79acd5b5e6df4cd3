using System.Globalization;
using System.Text;
using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>
/// A DICOM segmentation (PS3.3, A.51 and A.101): binary, fractional (drawn where the fraction is a half or more) or label map.
/// Frames without labels may be left out of the file, so slices without a frame are background.
/// </summary>
internal sealed class SegVolume : LabelVolume
{
    /// <summary>The UID of the class of segmentations.</summary>
    public const string SegClass = "1.2.840.10008.5.1.4.1.1.66.4";
    private const string LabelMapClass = "1.2.840.10008.5.1.4.1.1.66.7";

    private readonly DicomPixels _pixels;
    private readonly SegmentRois _segments;
    private readonly IReadOnlyList<SegFrame> _frames;
    private readonly string? _frameOfReference;
    private readonly HashSet<int> _seen = [];

    // What a fraction of 1 is stored as; 1 where there are no fractions.
    private readonly int _whole;

    private SegVolume(DicomFile file, DicomPixels pixels, SegmentRois segments)
        : base(file.Dataset.Source.Path)
    {
        DicomDataset dataset = file.Dataset;
        _pixels = pixels;
        _segments = segments;
        _frameOfReference = dataset.FindText(DicomTag.FrameOfReferenceUid);
        bool isFractional = dataset.FindText(DicomTag.SegmentationType) == "FRACTIONAL";
        _whole = isFractional ? Math.Max((int)(dataset.FindUInt16(DicomTag.MaximumFractionalValue) ?? 255), 1) : 1;
        bool isLabelMap = dataset.FindText(DicomTag.SegmentationType) == "LABELMAP" || dataset.FindText(DicomTag.SopClassUid) == LabelMapClass;
        _frames = ReadFrames(dataset, pixels.Description, isLabelMap);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string> RoiNames => _segments.Names;

    /// <summary>Tells by its first bytes whether a file is a DICOM segmentation.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Whether it is DICOM and states the class of segmentations; false where it cannot be opened.</returns>
    public static bool IsSegmentation(string path)
    {
        // The class stands in the meta header, or else among the first elements.
        const int Head = 4096;
        if (!DicomImageReader.IsDicom(path))
        {
            return false;
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            byte[] head = new byte[Head];
            ReadOnlySpan<byte> bytes = head.AsSpan(0, stream.ReadAtLeast(head, Head, throwOnEndOfStream: false));
            return StatesClass(bytes, Encoding.ASCII.GetBytes(SegClass)) || StatesClass(bytes, Encoding.ASCII.GetBytes(LabelMapClass));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">Which ROIs segments stand for.</param>
    /// <param name="labelNames">The names of the ROIs; none where segments decide.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException"><c>LabelFormat</c>, where the file is another DICOM object, <c>SegInvalid</c>, <c>LabelSegmentUnknown</c>, or as the DICOM reader.</exception>
    public static SegVolume Decode(byte[] content, string path, LabelMapping map, IReadOnlyList<string> labelNames)
    {
        DicomFile file = DicomFile.Parse(new DicomSource(path, content));
        DicomDataset dataset = file.Dataset;
        if (dataset.FindText(DicomTag.SopClassUid) is not (SegClass or LabelMapClass))
        {
            throw dataset.Source.Error("LabelFormat", $"the DICOM file is no segmentation{(dataset.FindText(DicomTag.Modality) == "RTSTRUCT" ? " but outlines (RTSTRUCT)" : "")}. Masks in DICOM are read from Segmentation objects (SEG); export the labels so, or as NIfTI or PNG.");
        }

        DicomPixels pixels = DicomPixels.Open(file);
        if (pixels.Description is not { Samples: 1, Format: PixelFormat.Integer, IsSigned: false })
        {
            throw dataset.Source.Error("SegInvalid", "the segmentation's pixels are no whole numbers from 0 up. Save it again.");
        }

        return new SegVolume(file, pixels, SegmentRois.Read(dataset, map, labelNames));
    }

    /// <summary>Finds the series that a segmentation was drawn on.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The series' UIDs; none where the file does not say or cannot be read.</returns>
    public static IReadOnlyList<string> ReadSeries(string path)
    {
        try
        {
            return [.. DicomImageReader.Parse(path).Dataset.Items(DicomTag.ReferencedSeriesSequence).Select(item => item.FindText(DicomTag.SeriesInstanceUid)).OfType<string>()];
        }
        catch (MedSegException)
        {
            // It says so when it is opened.
            return [];
        }
    }

    /// <inheritdoc/>
    public override SliceLabels Slice(DicomImage image)
    {
        bool isElsewhere = _frameOfReference is not null && image.FrameOfReferenceUid is not null && _frameOfReference != image.FrameOfReferenceUid;
        ImagePlane? plane = ImagePlane.Of(image);
        var labels = new SegLabels(_segments, image.Rows, image.Columns, _whole);
        bool isMatched = false;
        foreach (SegFrame frame in _frames)
        {
            bool isNamed = frame.Sources.Any(source => source.Means(image));
            if (frame.Grid is null)
            {
                if (isNamed)
                {
                    RequireSize(image);
                    labels.Add(_pixels.ReadStored(frame.Index), frame.Segment, voxels: null);
                    isMatched = true;
                    _seen.Add(frame.Index);
                }

                continue;
            }

            if (isElsewhere && !isNamed)
            {
                continue;
            }

            ImagePlane there = plane ?? PlaneOf(image);
            if (frame.Grid.Find(there, out GridSection section) is null)
            {
                long[] voxels = new long[image.Rows * image.Columns];
                isMatched |= section.Sample(there, frame.Grid.Counts, voxels) > 0;
                _seen.Add(frame.Index);
                labels.Add(_pixels.ReadStored(frame.Index), frame.Segment, voxels);
            }
        }

        return new SliceLabels(labels.ToImage(), isMatched, labels.Problems(Path));
    }

    // Other elements may name the class as well, of an object that they refer to.
    private static bool StatesClass(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> uid)
    {
        const int HeaderLength = 8;
        for (int at = bytes.IndexOf(uid); at >= 0; at = bytes.IndexOf(uid))
        {
            if (at >= HeaderLength && bytes.Slice(at - HeaderLength, 4) is [2, 0, 2, 0] or [8, 0, 0x16, 0] or [0, 8, 0, 0x16])
            {
                return true;
            }

            bytes = bytes[(at + 1)..];
        }

        return false;
    }

    /// <inheritdoc/>
    public override int CountUnseen() =>
        _seen.Count == 0 ? 0 : _frames.Count(frame => !_seen.Contains(frame.Index) && Array.Exists(_pixels.ReadStored(frame.Index), value => value > 0 && 2L * value >= _whole && _segments.RoiOf(frame.Segment ?? value) is not 0));

    private static SegFrame[] ReadFrames(DicomDataset dataset, PixelDescription pixels, bool isLabelMap)
    {
        var groups = new FunctionalGroups(dataset);
        if (groups.FrameCount < pixels.Frames)
        {
            throw dataset.Source.Error("SegInvalid", string.Create(CultureInfo.InvariantCulture, $"the segmentation has {pixels.Frames} frames, but says of {groups.FrameCount} where they lie. Save it again."));
        }

        return [.. Enumerable.Range(0, pixels.Frames).Select(frame => SegFrame.Read(frame, groups, pixels, isLabelMap))];
    }

    private void RequireSize(DicomImage image)
    {
        PixelDescription pixels = _pixels.Description;
        if (pixels.Rows != image.Rows || pixels.Columns != image.Columns)
        {
            throw Error("LabelSizeMismatch", $"the segmentation has frames of {pixels.Rows} × {pixels.Columns} pixels without a position, the image {image.Rows} × {image.Columns}. Export it at the image's own size, or with positions.");
        }
    }
}
