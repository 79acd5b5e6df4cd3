using System.Globalization;
using System.IO.Compression;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Formats.Png;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Files;

/// <summary>A folder of small synthetic slices and their masks: 40 rows and 32 columns, 0.8 × 0.7 mm, axial.</summary>
internal sealed class SmallScan : IDisposable
{
    public const int Rows = 40;
    public const int Columns = 32;
    public const string SegClass = "1.2.840.10008.5.1.4.1.1.66.4";
    public const string LabelMapClass = "1.2.840.10008.5.1.4.1.1.66.7";

    private static readonly string s_orientation = @"1\0\0\0\1\0";

    public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    public string Dicoms => Path.Combine(Folder, "dicoms");

    public string Labels => Path.Combine(Folder, "labels");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The ROIs of a slice: 165 + 11 k pixels of ROI 1 and 80 - 8 k of ROI 2.</summary>
    public static byte[] Mask(int k)
    {
        byte[] mask = new byte[Rows * Columns];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                bool isFirst = row >= 5 && row < 20 + k && column is >= 4 and < 15;
                bool isSecond = row is >= 28 and < 36 && column >= 10 + k && column < 20;
                mask[(row * Columns) + column] = (byte)(isFirst ? 1 : isSecond ? 2 : 0);
            }
        }

        return mask;
    }

    public static long[] PixelsOf(int k, int rois = 2) => [.. ((long[])[0, 165 + (11 * k), 80 - (8 * k)])[..(rois + 1)].Select((n, roi) => roi == 0 ? (Rows * Columns) - 165 - (11 * k) - (rois > 1 ? 80 - (8 * k) : 0) : n)];

    /// <summary>Writes a slice.</summary>
    public SmallScan AddSlice(string name, SmallSlice slice)
    {
        Write(Path.Combine(Dicoms, name + ".dcm"), slice.ToBytes());
        return this;
    }

    /// <summary>Writes an image.</summary>
    public SmallScan AddFile(string name, byte[] content)
    {
        Write(Path.Combine(Dicoms, name), content);
        return this;
    }

    public SmallScan AddSeries(int count = 6, double gap = 3, double thickness = 3, string prefix = "S", Func<int, SmallSlice, SmallSlice>? change = null)
    {
        for (int k = 0; k < count; k++)
        {
            var slice = new SmallSlice { Number = k, Z = gap * k, Thickness = thickness };
            AddSlice($"{prefix}{k:00}", change?.Invoke(k, slice) ?? slice);
        }

        return this;
    }

    public SmallScan AddMask(string name, byte[] mask)
    {
        using var png = new MemoryStream();
        PngEncoder.WriteGrey8(png, Rows, Columns, mask);
        Write(Path.Combine(Labels, name), png.ToArray());
        return this;
    }

    /// <summary>Writes a label volume that has the positions of a series.</summary>
    public SmallScan AddVolume(string name, int count = 6, double gap = 3)
    {
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(-10, -20, 30), [new(0.7, 0, 0), new(0, 0.8, 0), new(0, 0, gap)], [Columns, Rows, count]);
        return AddVolume(name, [.. header, .. Enumerable.Range(0, count).SelectMany(Mask)]);
    }

    public SmallScan AddVolume(string name, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        Write(Path.Combine(Labels, name), stream.ToArray());
        return this;
    }

    /// <summary>Writes a DICOM SEG; frames without a segment number make a label map.</summary>
    public SmallScan AddSegmentation(
        string name, IReadOnlyList<SmallFrame> frames, IReadOnlyList<(int Number, byte[] Label)> segments, double thickness = 3, double? spacing = null, string? charset = null)
    {
        bool isMap = frames[0].Segment is null;
        var measures = new DicomBytes().Text(0x0018, 0x0050, "DS", Number(thickness));
        measures = spacing is { } distance ? measures.Text(0x0018, 0x0088, "DS", Number(distance)) : measures;
        var shared = new DicomBytes()
            .Sequence(0x0020, 0x9116, new DicomBytes().Text(0x0020, 0x0037, "DS", s_orientation))
            .Sequence(0x0028, 0x9110, measures.Text(0x0028, 0x0030, "DS", @"0.8\0.7"));
        DicomBytes file = DicomBytes.Part10();
        file = charset is null ? file : file.Text(0x0008, 0x0005, "CS", charset);
        file.Text(0x0008, 0x0016, "UI", isMap ? LabelMapClass : SegClass).Text(0x0008, 0x0060, "CS", "SEG")
            .Sequence(0x0008, 0x1115, new DicomBytes().Text(0x0020, 0x000E, "UI", SmallSlice.SeriesUid))
            .Text(0x0020, 0x0052, "UI", SmallSlice.FrameUid)
            .UInt16(0x0028, 0x0002, 1).Text(0x0028, 0x0004, "CS", "MONOCHROME2").Text(0x0028, 0x0008, "IS", Number(frames.Count))
            .UInt16(0x0028, 0x0010, Rows).UInt16(0x0028, 0x0011, Columns)
            .UInt16(0x0028, 0x0100, (ushort)(isMap ? 8 : 1)).UInt16(0x0028, 0x0101, (ushort)(isMap ? 8 : 1)).UInt16(0x0028, 0x0102, (ushort)(isMap ? 7 : 0)).UInt16(0x0028, 0x0103, 0)
            .Text(0x0062, 0x0001, "CS", isMap ? "LABELMAP" : "BINARY")
            .Sequence(0x0062, 0x0002, [.. segments.Select(s => new DicomBytes().UInt16(0x0062, 0x0004, (ushort)s.Number).Element(0x0062, 0x0005, "LO", s.Label.Length % 2 == 0 ? s.Label : [.. s.Label, 0x20]))])
            .Sequence(0x5200, 0x9229, shared)
            .Sequence(0x5200, 0x9230, [.. frames.Select(FrameGroup)])
            .Element(0x7FE0, 0x0010, "OB", isMap ? [.. frames.SelectMany(f => f.Mask)] : Pack([.. frames.SelectMany(f => f.Mask)]));
        Write(Path.Combine(Labels, name), file.ToArray());
        return this;
    }

    public Dataset Import(params string[] names) => Import(LabelMapping.None, names);

    public Dataset Import(LabelMapping map, params string[] names) =>
        DatasetImporter.Import(new DatasetOptions { DicomPath = Dicoms, LabelPath = Labels, InputSize = 32, LabelNames = names, LabelMap = map, Recurse = true });

    public static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static DicomBytes FrameGroup(SmallFrame frame)
    {
        var group = new DicomBytes();
        if (frame.Source is not null)
        {
            var source = new DicomBytes().Text(0x0008, 0x1150, "UI", SmallSlice.MrClass).Text(0x0008, 0x1155, "UI", frame.Source);
            group.Sequence(0x0008, 0x9124, new DicomBytes().Sequence(0x0008, 0x2112, source));
        }

        group.Sequence(0x0020, 0x9113, new DicomBytes().Text(0x0020, 0x0032, "DS", $@"-10\-20\{Number(30 + frame.Z)}"));
        return frame.Segment is { } segment ? group.Sequence(0x0062, 0x000A, new DicomBytes().UInt16(0x0062, 0x000B, (ushort)segment)) : group;
    }

    private static byte[] Pack(byte[] bits)
    {
        byte[] bytes = new byte[((bits.Length + 15) / 16) * 2];
        for (int i = 0; i < bits.Length; i++)
        {
            bytes[i / 8] |= (byte)(bits[i] == 0 ? 0 : 1 << (i % 8));
        }

        return bytes;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
