using System.Globalization;
using System.Text;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Data.Files;

/// <summary>A structure set on the slices of <see cref="SmallScan"/>, written independently of the engine.</summary>
internal sealed class SmallStructures
{
    private const string StructureSetClass = "1.2.840.10008.5.1.4.1.1.481.3";
    private readonly List<(int Roi, byte[] Name)> _rois = [];
    private readonly List<(int Roi, DicomBytes Item)> _contours = [];

    public string FrameOfReference { get; init; } = SmallSlice.FrameUid;

    public string? Series { get; init; } = SmallSlice.SeriesUid;

    public string? CharacterSet { get; init; }

    public SmallStructures Name(int roi, string name)
    {
        _rois.Add((roi, Encoding.Latin1.GetBytes(name.Length % 2 == 0 ? name : name + " ")));
        return this;
    }

    /// <summary>Adds a contour of points in pixels (column, row) at a height above the first slice.</summary>
    public SmallStructures Contour(int roi, double z, string? source, string type, params double[] points)
    {
        string data = string.Join('\\', points.Chunk(2).Select(point => string.Create(CultureInfo.InvariantCulture, $"{-10 + (0.7 * point[0]):0.####}\\{-20 + (0.8 * point[1]):0.####}\\{30 + z:0.####}")));
        var item = new DicomBytes();
        if (source is not null)
        {
            item.Sequence(0x3006, 0x0016, new DicomBytes().Text(0x0008, 0x1150, "UI", SmallSlice.MrClass).Text(0x0008, 0x1155, "UI", source));
        }

        _contours.Add((roi, item.Text(0x3006, 0x0042, "CS", type).Text(0x3006, 0x0046, "IS", $"{points.Length / 2}").Text(0x3006, 0x0050, "DS", data)));
        return this;
    }

    /// <summary>Adds a rectangle of whole pixels.</summary>
    public SmallStructures Box(int roi, double z, int left, int top, int width, int height, string? source = null) => Contour(
        roi, z, source, "CLOSED_PLANAR", left - 0.5, top - 0.5, left + width - 0.5, top - 0.5, left + width - 0.5, top + height - 0.5, left - 0.5, top + height - 0.5);

    public void Save(SmallScan scan, string name)
    {
        var study = new DicomBytes().Text(0x0008, 0x1150, "UI", "1.2.840.10008.3.1.2.3.1").Text(0x0008, 0x1155, "UI", SmallSlice.StudyUid);
        study = Series is null ? study : study.Sequence(0x3006, 0x0014, new DicomBytes().Text(0x0020, 0x000E, "UI", Series));
        DicomBytes file = DicomBytes.Part10();
        file = CharacterSet is null ? file : file.Text(0x0008, 0x0005, "CS", CharacterSet);
        file.Text(0x0008, 0x0016, "UI", StructureSetClass).Text(0x0008, 0x0018, "UI", "2.25.99").Text(0x0008, 0x0060, "CS", "RTSTRUCT")
            .Sequence(0x3006, 0x0010, new DicomBytes().Text(0x0020, 0x0052, "UI", FrameOfReference).Sequence(0x3006, 0x0012, study))
            .Sequence(0x3006, 0x0020, [.. _rois.Select(roi => new DicomBytes().Text(0x3006, 0x0022, "IS", $"{roi.Roi}").Text(0x3006, 0x0024, "UI", FrameOfReference).Element(0x3006, 0x0026, "LO", roi.Name))])
            .Sequence(0x3006, 0x0039, [.. _rois.Select(roi => new DicomBytes()
                .Sequence(0x3006, 0x0040, [.. _contours.Where(contour => contour.Roi == roi.Roi).Select(contour => contour.Item)])
                .Text(0x3006, 0x0084, "IS", $"{roi.Roi}"))]);
        SmallScan.Write(Path.Combine(scan.Labels, name), file.ToArray());
    }
}
