using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the masks of a series as a binary DICOM Segmentation (PS3.3, A.51): one frame for each slice and ROI that
/// occurs in it. The header comes first and states the number of frames, so the packed frames are kept in a temporary file.
/// </summary>
internal sealed class SegMaskWriter : IMaskWriter
{
    private readonly ScanSeries _series;
    private readonly SegSource _source;
    private readonly bool _isPlaced;
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<SegmentCode> _codes;
    private readonly PendingFile _file;
    private readonly PendingFile _spooled;
    private readonly BitSpool _spool;
    private readonly List<SegOutputFrame> _frames = [];
    private readonly List<(string Series, string Instance)> _instances = [];
    private int _written;

    /// <summary>Initializes a new instance of the <see cref="SegMaskWriter"/> class.</summary>
    /// <param name="series">The series.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="output">Whether an existing file is replaced, and whether the patient is left out.</param>
    /// <exception cref="FileFormatException">The slices have no UIDs, or differ in size or direction.</exception>
    public SegMaskWriter(ScanSeries series, IReadOnlyList<string> names, string path, MaskOutput output)
    {
        _isPlaced = SeriesGeometry.IsPlaced(series.Slices);
        if (_isPlaced)
        {
            SeriesGeometry.RequirePlanes(series, path);
        }
        else
        {
            SeriesGeometry.RequireSizes(series, path);
        }

        _series = series;
        _names = names;
        _codes = output.SegmentCodes;
        _source = new SegSource(series.Slices[0].Path, path, _isPlaced, output.Anonymous);
        _file = new PendingFile(path, output.Force, output.Numbering);
        _spooled = new PendingFile(path + ".frames");
        _spool = new BitSpool(_spooled.Stream);
    }

    /// <inheritdoc/>
    public bool IsVolume => true;

    /// <inheritdoc/>
    public string Write(SourceSlice slice, ReadOnlySpan<byte> mask)
    {
        _written++;
        string instance = slice.SopInstanceUid ?? string.Empty;
        if (_instances.Count == 0 || _instances[^1].Instance != instance)
        {
            _instances.Add((slice.SeriesInstanceUid ?? _source.SeriesInstanceUid, instance));
        }

        for (int roi = 1; roi <= _names.Count; roi++)
        {
            // A segmentation must have a frame, so an empty one gets a frame without pixels.
            if (mask.Contains((byte)roi) || (roi == 1 && _written == _series.Slices.Count && _frames.Count == 0 && !mask.ContainsAnyExcept((byte)0)))
            {
                _frames.Add(new SegOutputFrame(roi, _written, _isPlaced ? slice.Plane!.Value.Origin : null, instance, slice.Frames > 1 ? slice.Frame + 1 : null));
                byte[] copy = mask.ToArray();
                _spooled.Write(() => _spool.Add(copy, (byte)roi));
            }
        }

        return _file.FinalPath;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        _file.Write(() =>
        {
            _spool.Finish();
            string uid = DicomUid.Create();
            DicomWriter.WriteMeta(_file.Stream, SegVolume.SegClass, uid);
            var elements = new DicomElementWriter(_file.Stream);
            WriteIdentification(elements, uid);
            WriteImage(elements);
            WriteSegments(elements);
            new SegFrameGroups(_series, _source, _isPlaced).Write(elements, _frames);
            elements.Start(DicomTag.PixelData, DicomVr.OB, _spool.Length);
            _spooled.Stream.Position = 0;
            _spooled.Stream.CopyTo(_file.Stream);
        });
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _spooled.Dispose();
    }

    private void WriteIdentification(DicomElementWriter elements, string uid)
    {
        DateTime now = DateTime.Now;
        string date = now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string time = now.ToString("HHmmss", CultureInfo.InvariantCulture);
        string version = typeof(SegMaskWriter).Assembly.GetName().Version!.ToString(3);
        if (_source.CharacterSet.Length > 0)
        {
            elements.Text(DicomTag.SpecificCharacterSet, DicomVr.CS, _source.CharacterSet);
        }

        elements.Text(new(0x0008, 0x0008), DicomVr.CS, "DERIVED\\PRIMARY");
        elements.Text(DicomTag.SopClassUid, DicomVr.UI, SegVolume.SegClass);
        elements.Text(DicomTag.SopInstanceUid, DicomVr.UI, uid);
        _source.Copy(elements, 0x0008, 0x0020);
        elements.Text(new(0x0008, 0x0023), DicomVr.DA, date);
        _source.Copy(elements, 0x0008, 0x0030);
        elements.Text(new(0x0008, 0x0033), DicomVr.TM, time);
        _source.Copy(elements, 0x0008, 0x0050);
        elements.Text(DicomTag.Modality, DicomVr.CS, "SEG");
        elements.Text(new(0x0008, 0x0070), DicomVr.LO, "MedSeg");
        _source.Copy(elements, 0x0008, 0x0090);
        elements.Text(new(0x0008, 0x103E), DicomVr.LO, "MedSeg segmentation");
        elements.Text(new(0x0008, 0x1090), DicomVr.LO, "MedSeg");
        elements.Sequence(DicomTag.ReferencedSeriesSequence, [.. _instances.GroupBy(image => image.Series, image => image.Instance).Select(series => (Action<DicomElementWriter>)(item =>
        {
            item.Sequence(new(0x0008, 0x114A), [.. series.Select(instance => (Action<DicomElementWriter>)(reference => _source.Refer(reference, instance, null)))]);
            item.Text(DicomTag.SeriesInstanceUid, DicomVr.UI, series.Key);
        }))]);
        _source.Copy(elements, 0x0010, 0x0010);
        _source.Copy(elements, 0x0010, 0x0020);
        _source.Copy(elements, 0x0010, 0x0030);
        _source.Copy(elements, 0x0010, 0x0040);
        elements.Text(new(0x0018, 0x1000), DicomVr.LO, "none");
        elements.Text(new(0x0018, 0x1020), DicomVr.LO, version);
        _source.Copy(elements, 0x0020, 0x000D);
        elements.Text(DicomTag.SeriesInstanceUid, DicomVr.UI, DicomUid.Create());
        _source.Copy(elements, 0x0020, 0x0010);
        elements.Integer(new(0x0020, 0x0011), 1000);
        elements.Integer(new(0x0020, 0x0013), 1);
        if (_source.FrameOfReferenceUid is { } frameOfReference)
        {
            elements.Text(DicomTag.FrameOfReferenceUid, DicomVr.UI, frameOfReference);
            elements.Text(new(0x0020, 0x1040), DicomVr.LO, "");
        }
        else
        {
            elements.Text(new(0x0020, 0x0020), DicomVr.CS, ""); // Patient Orientation, unknown (type 2C)
        }

        SegFrameGroups.WriteDimensions(elements, _isPlaced);
    }

    private void WriteImage(DicomElementWriter elements)
    {
        elements.UInt16(DicomTag.SamplesPerPixel, 1);
        elements.Text(DicomTag.PhotometricInterpretation, DicomVr.CS, "MONOCHROME2");
        elements.Integer(DicomTag.NumberOfFrames, _frames.Count);
        elements.UInt16(DicomTag.Rows, _series.Slices[0].Rows);
        elements.UInt16(DicomTag.Columns, _series.Slices[0].Columns);
        elements.UInt16(DicomTag.BitsAllocated, 1);
        elements.UInt16(DicomTag.BitsStored, 1);
        elements.UInt16(DicomTag.HighBit, 0);
        elements.UInt16(DicomTag.PixelRepresentation, 0);
        elements.Text(new(0x0028, 0x2110), DicomVr.CS, "00");
    }

    private void WriteSegments(DicomElementWriter elements)
    {
        elements.Text(DicomTag.SegmentationType, DicomVr.CS, "BINARY");
        elements.Sequence(DicomTag.SegmentSequence, [.. _names.Select((name, i) => (Action<DicomElementWriter>)(item => WriteSegment(item, i + 1, name)))]);
        elements.Text(new(0x0070, 0x0080), DicomVr.CS, "SEGMENTATION");
        elements.Text(new(0x0070, 0x0081), DicomVr.LO, "");
        elements.Text(new(0x0070, 0x0084), DicomVr.PN, "");
    }

    private void WriteSegment(DicomElementWriter item, int number, string name)
    {
        var terms = SegmentTerms.Of(name, _codes);
        item.Sequence(new(0x0062, 0x0003), code => Write(code, terms.Category));
        item.UInt16(DicomTag.SegmentNumber, number);
        item.Text(DicomTag.SegmentLabel, DicomVr.LO, _source.Fit(name.Length > 64 ? name[..64] : name));
        item.Text(new(0x0062, 0x0008), DicomVr.CS, "AUTOMATIC");
        item.Text(new(0x0062, 0x0009), DicomVr.LO, "MedSeg");
        item.UInt16s(new(0x0062, 0x000D), CieLab.Encode(RoiPalette.ColorOf(number)));
        item.Sequence(new(0x0062, 0x000F), code =>
        {
            Write(code, terms.Type);
            if (terms.Side is { } side)
            {
                code.Sequence(new(0x0062, 0x0011), modifier => Write(modifier, side));
            }
        });
    }

    private void Write(DicomElementWriter item, CodedTerm term) => SegFrameGroups.WriteCode(item, _source.Fit(term.Value), _source.Fit(term.Scheme), _source.Fit(term.Meaning));
}
