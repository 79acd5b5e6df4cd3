using System.Globalization;
using System.Text;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Data.Files;

/// <summary>A slice of <see cref="SmallScan"/>.</summary>
internal sealed record SmallSlice
{
    public const string MrClass = "1.2.840.10008.5.1.4.1.1.4";
    public const string SeriesUid = "2.25.10";
    public const string StudyUid = "2.25.1";
    public const string FrameUid = "2.25.2";

    public int Number { get; init; }

    /// <summary>Gets the height above the first slice, in mm.</summary>
    public double Z { get; init; }

    public double Thickness { get; init; } = 3;

    public string Series { get; init; } = SeriesUid;

    public string Study { get; init; } = StudyUid;

    public string FrameOfReference { get; init; } = FrameUid;

    public string Patient { get; init; } = "P01";

    public string Orientation { get; init; } = @"1\0\0\0\1\0";

    public string? ImageType { get; init; }

    public string Spacing { get; init; } = @"0.8\0.7";

    public string Description { get; init; } = "";

    public string? CharacterSet { get; init; }

    /// <summary>Gets the names of the patient and of the referring physician, one character for each byte.</summary>
    public string? PatientName { get; init; }

    public string Uid => $"{Series}.{Number + 1}";

    /// <summary>Gets elements to add before the description of the pixels.</summary>
    public byte[] Extra { get; init; } = [];

    /// <summary>Gets elements of group 0029.</summary>
    public byte[] ExtraOfPixels { get; init; } = [];

    public byte[] ToBytes()
    {
        var random = new Random(Number);
        ushort[] pixels = [.. Enumerable.Range(0, SmallScan.Rows * SmallScan.Columns).Select(_ => (ushort)random.Next(500))];
        byte[] name = Encoding.Latin1.GetBytes((PatientName ?? "") + (PatientName?.Length % 2 == 1 ? " " : ""));
        DicomBytes file = DicomBytes.Part10();
        file = string.IsNullOrEmpty(CharacterSet) ? file : file.Text(0x0008, 0x0005, "CS", CharacterSet);
        file = ImageType is null ? file : file.Text(0x0008, 0x0008, "CS", ImageType);
        file.Text(0x0008, 0x0016, "UI", MrClass).Text(0x0008, 0x0018, "UI", Uid).Text(0x0008, 0x0060, "CS", "MR")
            .Element(0x0008, 0x0090, "PN", name).Text(0x0008, 0x103E, "LO", Description).Element(0x0010, 0x0010, "PN", name).Text(0x0010, 0x0020, "LO", Patient)
            .Text(0x0018, 0x0050, "DS", Text(Thickness)).Raw(Extra);
        file = file.Text(0x0020, 0x000D, "UI", Study).Text(0x0020, 0x000E, "UI", Series)
            .Text(0x0020, 0x0032, "DS", $@"-10\-20\{Text(30 + Z)}").Text(0x0020, 0x0037, "DS", Orientation);
        file = FrameOfReference.Length == 0 ? file : file.Text(0x0020, 0x0052, "UI", FrameOfReference);
        file = file.UInt16(0x0028, 0x0002, 1).Text(0x0028, 0x0004, "CS", "MONOCHROME2").UInt16(0x0028, 0x0010, SmallScan.Rows).UInt16(0x0028, 0x0011, SmallScan.Columns);
        file = Spacing.Length == 0 ? file : file.Text(0x0028, 0x0030, "DS", Spacing);
        return file.UInt16(0x0028, 0x0100, 16).UInt16(0x0028, 0x0101, 16).UInt16(0x0028, 0x0102, 15).UInt16(0x0028, 0x0103, 0).Raw(ExtraOfPixels).Pixels(pixels).ToArray();
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
