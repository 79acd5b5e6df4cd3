using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;
using MedSeg.Labels.Polygons;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the masks of a series as a DICOM RT Structure Set (PS3.3, A.19): closed contours halfway between the pixels of an ROI and the others,
/// slice by slice. Holes are joined to the contour around them by keyholes.
/// </summary>
internal sealed class RtStructMaskWriter : IMaskWriter
{
    // Detached Study Management, which the standard keeps for this reference although it has retired it.
    private const string StudyClass = "1.2.840.10008.3.1.2.3.1";

    private readonly SegSource _source;
    private readonly IReadOnlyList<string> _names;
    private readonly PendingFile _file;
    private readonly List<RtStructContour> _contours = [];
    private readonly List<(string Series, string Instance)> _instances = [];

    /// <summary>Initializes a new instance of the <see cref="RtStructMaskWriter"/> class.</summary>
    /// <param name="series">The series.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="output">Whether an existing file is replaced, and whether the patient is left out.</param>
    /// <exception cref="FileFormatException">A slice has no position or UID, or the slices differ in size or direction.</exception>
    public RtStructMaskWriter(ScanSeries series, IReadOnlyList<string> names, string path, MaskOutput output)
    {
        SeriesGeometry.RequirePlanes(series, path);
        _names = names;
        _source = new SegSource(series.Slices[0].Path, path, isPlaced: true, output.Anonymous);
        _file = new PendingFile(path, output.Force, output.Numbering);
    }

    /// <inheritdoc/>
    public bool IsVolume => true;

    /// <inheritdoc/>
    public string Write(SourceSlice slice, ReadOnlySpan<byte> mask)
    {
        string instance = slice.SopInstanceUid ?? string.Empty;
        if (_instances.Count == 0 || _instances[^1].Instance != instance)
        {
            _instances.Add((slice.SeriesInstanceUid ?? _source.SeriesInstanceUid, instance));
        }

        for (int roi = 1; roi <= _names.Count; roi++)
        {
            if (mask.Contains((byte)roi))
            {
                _contours.AddRange(ContourKeyholes.Join(MaskContours.Trace(mask, slice.Columns, (byte)roi))
                    .Select(ring => new RtStructContour(roi, instance, slice.Frames > 1 ? slice.Frame + 1 : null, slice.Plane!.Value, ring)));
            }
        }

        return _file.FinalPath;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        _file.Write(() =>
        {
            string uid = DicomUid.Create();

            // With an explicit VR, the points of a contour could have 64 KiB at most.
            DicomWriter.WriteMeta(_file.Stream, RtStructVolume.StructureSetClass, uid, DicomTransferSyntax.ImplicitVrLittleEndian);
            var elements = new DicomElementWriter(_file.Stream, isImplicit: true);
            WriteIdentification(elements, uid);
            WriteReferences(elements);
            elements.Sequence(DicomTag.StructureSetRoiSequence, [.. _names.Select((name, i) => (Action<DicomElementWriter>)(item => WriteRoi(item, i + 1, name)))]);
            ILookup<int, RtStructContour> contours = _contours.ToLookup(contour => contour.Roi);
            elements.Sequence(DicomTag.RoiContourSequence, [.. _names.Select((_, i) => (Action<DicomElementWriter>)(item => WriteContours(item, i + 1, [.. contours[i + 1]])))]);
            elements.Sequence(new(0x3006, 0x0080), [.. _names.Select((_, i) => (Action<DicomElementWriter>)(item => WriteObservation(item, i + 1)))]);
            elements.Text(new(0x300E, 0x0002), DicomVr.CS, "UNAPPROVED");
        });
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void WriteObservation(DicomElementWriter item, int roi)
    {
        item.Integer(new(0x3006, 0x0082), roi);
        item.Integer(DicomTag.ReferencedRoiNumber, roi);
        item.Text(new(0x3006, 0x00A4), DicomVr.CS, "");
        item.Text(new(0x3006, 0x00A6), DicomVr.PN, "");
    }

    private void WriteIdentification(DicomElementWriter elements, string uid)
    {
        DateTime now = DateTime.Now;
        if (_source.CharacterSet.Length > 0)
        {
            elements.Text(DicomTag.SpecificCharacterSet, DicomVr.CS, _source.CharacterSet);
        }

        elements.Text(DicomTag.SopClassUid, DicomVr.UI, RtStructVolume.StructureSetClass);
        elements.Text(DicomTag.SopInstanceUid, DicomVr.UI, uid);
        _source.Copy(elements, 0x0008, 0x0020);
        _source.Copy(elements, 0x0008, 0x0030);
        _source.Copy(elements, 0x0008, 0x0050);
        elements.Text(DicomTag.Modality, DicomVr.CS, "RTSTRUCT");
        elements.Text(new(0x0008, 0x0070), DicomVr.LO, "MedSeg");
        _source.Copy(elements, 0x0008, 0x0090);
        elements.Text(new(0x0008, 0x103E), DicomVr.LO, "MedSeg segmentation");
        elements.Text(new(0x0008, 0x1070), DicomVr.PN, "");
        elements.Text(new(0x0008, 0x1090), DicomVr.LO, "MedSeg");
        _source.Copy(elements, 0x0010, 0x0010);
        _source.Copy(elements, 0x0010, 0x0020);
        _source.Copy(elements, 0x0010, 0x0030);
        _source.Copy(elements, 0x0010, 0x0040);
        elements.Text(new(0x0018, 0x1020), DicomVr.LO, typeof(RtStructMaskWriter).Assembly.GetName().Version!.ToString(3));
        _source.Copy(elements, 0x0020, 0x000D);
        elements.Text(DicomTag.SeriesInstanceUid, DicomVr.UI, DicomUid.Create());
        _source.Copy(elements, 0x0020, 0x0010);
        elements.Integer(new(0x0020, 0x0011), 1001);
        elements.Integer(new(0x0020, 0x0013), 1);
        elements.Text(DicomTag.FrameOfReferenceUid, DicomVr.UI, _source.FrameOfReferenceUid!);
        elements.Text(new(0x0020, 0x1040), DicomVr.LO, "");
        elements.Text(DicomTag.StructureSetLabel, DicomVr.SH, "MedSeg");
        elements.Text(new(0x3006, 0x0008), DicomVr.DA, now.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        elements.Text(new(0x3006, 0x0009), DicomVr.TM, now.ToString("HHmmss", CultureInfo.InvariantCulture));
    }

    private void WriteReferences(DicomElementWriter elements)
    {
        var series = _instances.GroupBy(image => image.Series, image => image.Instance).Select(group => (Action<DicomElementWriter>)(item =>
        {
            item.Text(DicomTag.SeriesInstanceUid, DicomVr.UI, group.Key);
            item.Sequence(DicomTag.ContourImageSequence, [.. group.Select(instance => (Action<DicomElementWriter>)(image => _source.Refer(image, instance, null)))]);
        }));
        elements.Sequence(DicomTag.ReferencedFrameOfReferenceSequence, frame =>
        {
            frame.Text(DicomTag.FrameOfReferenceUid, DicomVr.UI, _source.FrameOfReferenceUid!);
            frame.Sequence(DicomTag.RtReferencedStudySequence, study =>
            {
                study.Text(new(0x0008, 0x1150), DicomVr.UI, StudyClass);
                study.Text(DicomTag.ReferencedSopInstanceUid, DicomVr.UI, _source.StudyInstanceUid);
                study.Sequence(DicomTag.RtReferencedSeriesSequence, [.. series]);
            });
        });
    }

    private void WriteRoi(DicomElementWriter item, int roi, string name)
    {
        item.Integer(DicomTag.RoiNumber, roi);
        item.Text(DicomTag.ReferencedFrameOfReferenceUid, DicomVr.UI, _source.FrameOfReferenceUid!);
        item.Text(DicomTag.RoiName, DicomVr.LO, _source.Fit(name.Length > 64 ? name[..64] : name));
        item.Text(new(0x3006, 0x0036), DicomVr.CS, "AUTOMATIC");
    }

    private void WriteContours(DicomElementWriter item, int roi, RtStructContour[] contours)
    {
        RgbColor color = RoiPalette.ColorOf(roi);
        item.Text(new(0x3006, 0x002A), DicomVr.IS, string.Create(CultureInfo.InvariantCulture, $"{color.Red}\\{color.Green}\\{color.Blue}"));
        if (contours.Length > 0)
        {
            item.Sequence(DicomTag.ContourSequence, [.. contours.Select((contour, i) => (Action<DicomElementWriter>)(one =>
            {
                one.Sequence(DicomTag.ContourImageSequence, image => _source.Refer(image, contour.Instance, contour.SourceFrame));
                one.Text(DicomTag.ContourGeometricType, DicomVr.CS, "CLOSED_PLANAR");
                one.Integer(new(0x3006, 0x0046), contour.Ring.Length);
                one.Integer(new(0x3006, 0x0048), i + 1);
                one.Decimals(DicomTag.ContourData, contour.ToPatient());
            }))]);
        }

        item.Integer(DicomTag.ReferencedRoiNumber, roi);
    }
}
