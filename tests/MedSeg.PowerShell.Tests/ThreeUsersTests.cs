using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MedSeg.PowerShell.Tests;

/// <summary>
/// The folders of three users, of nnU-Net, 3D Slicer and ImageJ, go through import, training and segmentation, and back into the format of their
/// program. The files are made here, byte by byte.
/// </summary>
public sealed class ThreeUsersTests : IDisposable
{
    private const int Rows = 40;
    private const int Columns = 48;
    private const string Train = "Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath run -Device Cpu -WarningAction Ignore | Out-Null";
    private const string Segment = "Invoke-MedSegSegmentation -Model run/medseg.safetensors -OutputPath masks -Device Cpu -WarningAction Ignore";

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_user_of_nnU_Net()
    {
        Save("set/dataset.json", Encoding.UTF8.GetBytes("""{ "channel_names": { "0": "T2" }, "labels": { "background": 0, "psoas": 1, "disc": 2 }, "numTraining": 2, "file_ending": ".nii.gz" }"""));
        foreach (string patient in (string[])["P01", "P02"])
        {
            Save($"set/imagesTr/{patient}_0000.nii.gz", Nifti(16, Shades(3)));
            Save($"set/labelsTr/{patient}.nii.gz", Nifti(2, Labels(3)));
        }

        Save("set/imagesTs/P03_0000.nii.gz", Nifti(16, Shades(4)));

        Assert.Equal(["6 psoas disc"], Texts("$data = Import-MedSegDataset set -InputSize 32; '{0} {1}' -f $data.Count, ($data.LabelNames -join ' ')"));
        _session.Run($"$data | {Train}");
        Assert.Equal(["4"], Texts($"({Segment} set/imagesTs -Format Nifti).Count"));

        // The header is that of the image, but for the type, and the values are ROIs.
        byte[] image = Unzip(File.ReadAllBytes(_session.PathOf("set", "imagesTs", "P03_0000.nii.gz")));
        byte[] mask = Unzip(File.ReadAllBytes(_session.PathOf("masks", "P03.nii.gz")));
        Assert.Equal(image[40..56], mask[40..56]);
        Assert.Equal(image[252..328], mask[252..328]);
        Assert.Equal(352 + (4 * Rows * Columns), mask.Length);
        Assert.All(mask[352..], value => Assert.InRange(value, 0, 2));
        Assert.Contains("\"disc\"", File.ReadAllText(_session.PathOf("masks", "labels.label")), StringComparison.Ordinal);
        Assert.Equal(["0"], Texts("@((Import-MedSegDataset -DicomPath set/imagesTs -LabelPath masks -InputSize 32 -LabelName psoas, disc).Samples.Where({ -not $_.IsUsable })).Count"));
    }

    [Fact]
    public void A_user_of_3D_Slicer()
    {
        _session.Run("New-MedSegDemoDataset -Path demo -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 3");
        string[] images = [.. Directory.GetFiles(_session.PathOf("demo", "train", "dicoms"), "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Save("drawn/segmentation.seg.nrrd", SegNrrd([.. images.Select(File.ReadAllBytes)]));

        Assert.Equal(["3 psoas left, L4 disc"], Texts("$data = Import-MedSegDataset -DicomPath demo/train/dicoms -LabelPath drawn -Recurse -InputSize 32; '{0} {1}' -f @($data.Samples.Where({ $_.IsUsable -and $_.RoiPixels[1] -eq 400 -and $_.RoiPixels[2] -eq 900 })).Count, ($data.LabelNames -join ', ')"));
        _session.Run($"$data | {Train}");
        string mask = Assert.Single(Texts($"({Segment} demo/train/dicoms -Recurse -Format SegNrrd).MaskPath | Select-Object -Unique"));

        string head = Encoding.UTF8.GetString(File.ReadAllBytes(mask)).Split("\n\n")[0];
        Assert.EndsWith(".seg.nrrd", mask, StringComparison.Ordinal);
        Assert.Contains("Segment0_Name:=psoas left\n", head, StringComparison.Ordinal);
        Assert.Contains("Segment1_Name:=L4 disc\n", head, StringComparison.Ordinal);
        Assert.Contains("SCT^71616004^Muscle~SCT^7771000^Left", head, StringComparison.Ordinal);
        Assert.Contains("space: left-posterior-superior", head, StringComparison.Ordinal);
        Assert.Equal(["psoas left, L4 disc 3"], Texts("$back = Import-MedSegDataset -DicomPath demo/train/dicoms -LabelPath masks -Recurse -InputSize 32; '{0} {1}' -f ($back.LabelNames -join ', '), @($back.Samples.Where({ $_.IsUsable })).Count"));
    }

    [Fact]
    public void A_user_of_ImageJ()
    {
        foreach (string patient in (string[])["P01", "P02"])
        {
            Save($"images/{patient}.tif", Stack(3));
            Save($"labels/{patient}_RoiSet.zip", RoiSet(3));
        }

        Assert.Equal(["6 disc psoas 231 90"], Texts("$data = Import-MedSegDataset -DicomPath images -LabelPath labels -MaskSuffix _RoiSet -PixelSpacing 0.5 -InputSize 32; '{0} {1} {2} {3}' -f $data.Count, ($data.LabelNames -join ' '), $data.Samples[1].RoiPixels[2], $data.Samples[1].RoiPixels[1]"));
        _session.Run($"$data | {Train}");
        Assert.Equal(["P01.tif"], Texts($"({Segment} images/P01.tif -Format Tiff -PixelSpacing 0.5).MaskPath | Select-Object -Unique | Split-Path -Leaf"));

        byte[] mask = File.ReadAllBytes(_session.PathOf("masks", "P01.tif"));
        string text = Encoding.Latin1.GetString(mask);
        Assert.Contains("ImageJ=", text, StringComparison.Ordinal);
        Assert.Contains("slices=3\nunit=mm\n", text, StringComparison.Ordinal);
        Assert.Equal(3, CountPages(mask));
        File.Delete(_session.PathOf("images", "P02.tif"));
        Assert.Equal(["3"], Texts("@((Import-MedSegDataset -DicomPath images -LabelPath masks -LabelName disc, psoas -InputSize 32).Samples.Where({ $_.IsUsable })).Count"));
    }

    private static byte[] Shades(int slices) => [.. Enumerable.Range(0, slices * Rows * Columns).Select(i => (byte)(i * 7 % 199))];

    private static byte[] Labels(int slices) => [.. Enumerable.Range(0, slices * Rows * Columns).Select(i => (byte)(i % Columns is >= 5 and < 15 ? 1 : i % Columns is >= 20 and < 30 ? 2 : 0))];

    // NIfTI-1 with an sform; the type is 2 for 8 bits, or 16 for floating-point numbers.
    private static byte[] Nifti(short type, byte[] voxels)
    {
        byte[] header = new byte[352];
        BinaryPrimitives.WriteInt32LittleEndian(header, 348);
        short[] dimensions = [3, Columns, Rows, (short)(voxels.Length / Rows / Columns), 1, 1, 1, 1];
        for (int i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(40 + (2 * i)), dimensions[i]);
        }

        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(70), type);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(72), (short)(type == 2 ? 8 : 32));
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(254), 1);
        (int At, float Value)[] numbers = [(80, 0.5f), (84, 0.75f), (88, 4), (108, 352), (280, -0.5f), (292, 10), (300, -0.75f), (308, 20), (320, 4), (324, -30)];
        foreach ((int at, float value) in numbers)
        {
            BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(at), value);
        }

        header[123] = 2;
        "n+1\0"u8.CopyTo(header.AsSpan(344));
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(header);
            gzip.Write(type == 2 ? voxels : [.. voxels.SelectMany(value => BitConverter.GetBytes((float)value))]);
        }

        return stream.ToArray();
    }

    private static byte[] Unzip(byte[] content)
    {
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    // The slices of the demo are axial.
    private static byte[] SegNrrd(byte[][] images)
    {
        double[][] places = [.. images.Select(image => NumbersOf(image, 0x0020, 0x0032)).OrderBy(place => place[2])];
        double[] spacing = NumbersOf(images[0], 0x0028, 0x0030);
        (int rows, int columns) = (ShortOf(images[0], 0x0028, 0x0010), ShortOf(images[0], 0x0028, 0x0011));
        byte[] voxels = new byte[images.Length * rows * columns];
        for (int i = 0; i < voxels.Length; i++)
        {
            (int row, int column) = (i / columns % rows, i % columns);
            voxels[i] = row is >= 10 and < 30 && column is >= 10 and < 30 ? (byte)1 : row is >= 50 and < 80 && column is >= 40 and < 70 ? (byte)2 : (byte)0;
        }

        string header = string.Create(CultureInfo.InvariantCulture, $"""
            NRRD0004
            type: unsigned char
            dimension: 3
            space: left-posterior-superior
            sizes: {columns} {rows} {images.Length}
            space directions: ({spacing[1]},0,0) (0,{spacing[0]},0) (0,0,{places[1][2] - places[0][2]})
            kinds: domain domain domain
            encoding: raw
            space origin: ({places[0][0]},{places[0][1]},{places[0][2]})
            Segment0_ID:=Segment_1
            Segment0_LabelValue:=1
            Segment0_Layer:=0
            Segment0_Name:=psoas left
            Segment1_ID:=Segment_2
            Segment1_LabelValue:=2
            Segment1_Layer:=0
            Segment1_Name:=L4 disc
            """).ReplaceLineEndings("\n");
        return [.. Encoding.UTF8.GetBytes(header + "\n\n"), .. voxels];
    }

    private static int At(byte[] file, ushort group, ushort element) =>
        file.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)group, (byte)(group >> 8), (byte)element, (byte)(element >> 8)]) + 6;

    private static double[] NumbersOf(byte[] file, ushort group, ushort element)
    {
        int at = At(file, group, element);
        return [.. Encoding.ASCII.GetString(file, at + 2, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at))).Split('\\').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }

    private static int ShortOf(byte[] file, ushort group, ushort element) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(At(file, group, element) + 2));

    // As ImageJ saves a stack: one directory, and the planes after each other.
    private static byte[] Stack(int slices)
    {
        byte[] description = Encoding.ASCII.GetBytes($"ImageJ=1.53t\nimages={slices}\nslices={slices}\n\0");
        const int Entries = 10;
        const int Text = 10 + (Entries * 12) + 4;
        int pixels = (Text + description.Length + 1) & ~1;
        (ushort Tag, ushort Type, int Count, int Value)[] entries =
        [
            (256, 4, 1, Columns), (257, 4, 1, Rows), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (270, 2, description.Length, Text), (273, 4, 1, pixels), (277, 3, 1, 1), (278, 4, 1, Rows), (279, 4, 1, Rows * Columns),
        ];
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("II*\0"u8);
        writer.Write(8);
        writer.Write((ushort)Entries);
        foreach ((ushort tag, ushort type, int count, int value) in entries)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(count);
            writer.Write(value);
        }

        writer.Write(0);
        writer.Write(description);
        writer.Write(new byte[pixels - stream.Length]);
        writer.Write(Shades(slices));
        return stream.ToArray();
    }

    private static int CountPages(byte[] tiff)
    {
        int pages = 0;
        for (int at = BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(4)); at != 0; pages++)
        {
            at = BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(at + 2 + (12 * BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(at)))));
        }

        return pages;
    }

    // As the ROI Manager saves it: names are unique in the archive only.
    private static byte[] RoiSet(int slices)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            for (int slice = 1; slice <= slices; slice++)
            {
                string suffix = slice == 1 ? "" : $"-{slice - 1}";
                using (Stream entry = archive.CreateEntry($"psoas{suffix}.roi").Open())
                {
                    entry.Write(Roi("psoas", slice, 5, 4, 26, 15));
                }

                using (Stream entry = archive.CreateEntry($"disc{suffix}.roi").Open())
                {
                    entry.Write(Roi("disc", slice, 20, 25, 29, 35));
                }
            }
        }

        return stream.ToArray();
    }

    // A rectangle, with its name and slice.
    private static byte[] Roi(string name, int slice, short top, short left, short bottom, short right)
    {
        byte[] roi = [.. new byte[128], .. Encoding.BigEndianUnicode.GetBytes(name)];
        "Iout"u8.CopyTo(roi);
        roi[5] = 228;
        roi[6] = 1;
        short[] bounds = [top, left, bottom, right];
        for (int i = 0; i < bounds.Length; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(roi.AsSpan(8 + (2 * i)), bounds[i]);
        }

        BinaryPrimitives.WriteInt32BigEndian(roi.AsSpan(56), slice);
        BinaryPrimitives.WriteInt32BigEndian(roi.AsSpan(60), 64);
        BinaryPrimitives.WriteInt32BigEndian(roi.AsSpan(64 + 16), 128);
        BinaryPrimitives.WriteInt32BigEndian(roi.AsSpan(64 + 20), name.Length);
        return roi;
    }

    private string[] Texts(string script) => [.. _session.Run($"{script} | ForEach-Object {{ \"$_\" }}").Select(text => text.ToString())];

    private void Save(string name, byte[] content)
    {
        string path = _session.PathOf(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
