using System.Globalization;
using System.Text;
using ICSharpCode.SharpZipLib.BZip2;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Tests.Data.Channels;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>How the voxels of NRRD files are stored: encodings, several data files, and what is to be skipped before them.</summary>
public sealed class NrrdStorageTests : IDisposable
{
    private const string Sizes = "dimension: 3\nspace: LPS\nsizes: 4 3 2\nspace directions: (0.5,0,0) (0,0.75,0) (0,0,4)\nspace origin: (10,20,30)\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bzip2", "short", false)]
    [InlineData("bz2", "uchar", true)]
    [InlineData("text", "float", false)]
    [InlineData("ascii", "short", true)]
    [InlineData("txt", "uint8", false)]
    [InlineData("hex", "short", false)]
    [InlineData("hex", "uchar", true)]
    public void Voxels_are_bzip2_or_text(string encoding, string type, bool isDetached)
    {
        byte[] stored = Encode(encoding, type, Enumerable.Range(0, 24));
        string data = isDetached ? "\ndata file: P01.dat" : "";
        Save("P01.dat", stored);

        RequireCounting(Save(isDetached ? "P01.nhdr" : "P01.nrrd", [.. Header(type, encoding + data), .. isDetached ? [] : stored]));
    }

    [Theory]
    [InlineData("int8", "-128 127 -0 5")]
    [InlineData("uchar", "0 255 1 2")]
    [InlineData("short", "-32768\t32767\r\n1,2")]
    [InlineData("ushort", "0 65535 1 2")]
    [InlineData("int", "-2147483648 2147483647 1 2")]
    [InlineData("uint", "0 4294967295 1 2")]
    [InlineData("long long", "-9007199254740992 9007199254740992 1 2")]
    [InlineData("uint64", "0 18446744073709551615 1 2")]
    [InlineData("float", "-1.5e-3 +2.25 inf -INF")]
    [InlineData("double", "1e300 .5 -3. NaN")]
    public void Text_has_numbers_of_every_type(string type, string text)
    {
        string path = Save("P01.nrrd", [.. Encoding.ASCII.GetBytes($"NRRD0004\ntype: {type}\ndimension: 2\nsizes: 4 1\nencoding: text\n\n  {text}\n")]);

        VoxelVolume volume = VolumeFile.Read(path);

        double[] expected = [.. text.Split((char[])[' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries).Select(word => word.ToUpperInvariant() switch
        {
            "INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            _ => double.Parse(word, CultureInfo.InvariantCulture),
        })];
        Assert.Equal(type == "float" ? Array.ConvertAll(expected, value => (double)(float)value) : expected, Enumerable.Range(0, 4).Select(i => volume.Voxels.ValueAt(i)));
    }

    [Theory]
    [InlineData("uchar", "1 2 x 4", ErrorIds.VolumeInvalid, "voxel 3")]
    [InlineData("uchar", "1 2 256 4", ErrorIds.VolumeInvalid, "voxel 3")]
    [InlineData("short", "1 2.5 3 4", ErrorIds.VolumeInvalid, "voxel 2")]
    [InlineData("uint64", "1 -1 3 4", ErrorIds.VolumeInvalid, "voxel 2")]
    [InlineData("uint64", "1 18446744073709551616 3 4", ErrorIds.VolumeInvalid, "voxel 2")]
    [InlineData("short", "100 200 300", ErrorIds.VolumeTruncated, "8 bytes, but there are 6")]
    [InlineData("short", "1", ErrorIds.VolumeTruncated, "8 bytes")]
    public void Text_that_is_no_volume_is_refused(string type, string text, string errorId, string inMessage)
    {
        string path = Save("P01.nrrd", Encoding.ASCII.GetBytes($"NRRD0004\ntype: {type}\ndimension: 2\nsizes: 4 1\nencoding: text\n\n{text}"));

        RequireRefused(path, errorId, inMessage);
    }

    [Theory]
    [InlineData("LIST\nb.raw\na.raw", "raw")]
    [InlineData("LIST 2\nb.raw\na.raw", "gzip")]
    [InlineData("LIST 3\nb.raw\na.raw", "raw")]
    [InlineData("s%03d.raw 7 8 1", "raw")]
    [InlineData("./s%03d.raw 7 8 1 2", "bzip2")]
    [InlineData("%d.raw 20 10 -10", "text")]
    public void Each_slice_is_in_a_file_of_its_own(string files, string encoding)
    {
        foreach ((string[] names, int first) in (((string[], int)[])[(["b.raw", "s007.raw", "20.raw"], 0), (["a.raw", "s008.raw", "10.raw"], 12)]))
        {
            Array.ForEach(names, name => Save(name, Encode(encoding, "short", Enumerable.Range(first, 12))));
        }

        string path = Save("P01.nhdr", Header("short", $"{encoding}\nendian: little\ndata file: {files}\n"));

        RequireCounting(path);
        Assert.Equal(3, VolumeFile.ReadHeader(path).Files.Count);
    }

    [Theory]
    [InlineData("LIST\na.raw", "names 1 files", ErrorIds.VolumeInvalid)]
    [InlineData("LIST 1\na.raw\na.raw", "need 6", ErrorIds.VolumeInvalid)]
    [InlineData("LIST 4\na.raw\na.raw", "names 2 files", ErrorIds.VolumeInvalid)]
    [InlineData("LIST\na.raw\nmissing.raw", "missing.raw", ErrorIds.VolumeInvalid)]
    [InlineData("LIST\na.raw\n../secret.raw", "../secret.raw", ErrorIds.VolumeUnsupported)]
    [InlineData("LIST\na.raw\na.raw", "12 bytes, but there are 11", ErrorIds.VolumeTruncated)]
    [InlineData("s%d.raw 1 1000000000 1", "more than 65,536", ErrorIds.VolumeInvalid)]
    [InlineData("s%d.raw 1 2 0", "names no files", ErrorIds.VolumeInvalid)]
    [InlineData("s%s.raw 1 2 1", "s%s.raw", ErrorIds.VolumeUnsupported)]
    public void A_list_that_contradicts_the_header_is_refused(string files, string inMessage, string errorId)
    {
        Save("a.raw", new byte[11]);

        RequireRefused(Save("P01.nhdr", Header("uchar", $"raw\ndata file: {files}\n")), errorId, inMessage);
    }

    [Theory]
    [InlineData("raw", "line skip: 2\nbyte skip: 3", "# one\n# two\nabc", "")]
    [InlineData("raw", "line skip: 1", "# one\n", "")]
    [InlineData("raw", "byte skip: -1", "of any length", "")]
    [InlineData("gzip", "line skip: 1\nbyte skip: 5", "# one\n", "12345")]
    [InlineData("bzip2", "byte skip: 5", "", "12345")]
    [InlineData("text", "line skip: 2", "P2\n4 3\n", "")]
    [InlineData("text", "byte skip: 4", "9 9 ", "")]
    public void What_precedes_the_voxels_is_skipped(string encoding, string fields, string before, string inside)
    {
        byte[] stored = Encode(encoding, "uchar", [.. inside.Select(letter => (int)letter), .. Enumerable.Range(0, 24)]);
        Save("P01.dat", [.. Encoding.ASCII.GetBytes(before), .. stored]);

        RequireCounting(Save("P01.nhdr", Header("uchar", $"{encoding}\n{fields}\ndata file: P01.dat")));
    }

    [Theory]
    [InlineData("0102fF 0a\r\n\tB0 c1 d2 e3 rest", null, "")]
    [InlineData("0102ff0aB0c1d2e", ErrorIds.VolumeTruncated, "8 bytes, but there are 7")]
    [InlineData("01 02 ff 0a B0 c1 d2", ErrorIds.VolumeTruncated, "8 bytes, but there are 7")]
    [InlineData("01", ErrorIds.VolumeTruncated, "8 bytes, but there are 1")]
    [InlineData("0102xf0aB0c1d2e3", ErrorIds.VolumeInvalid, "byte 3 is not hexadecimal")]
    public void Digits_are_bytes_in_the_order_of_the_header(string text, string? errorId, string inMessage)
    {
        string path = Save("P01.nrrd", Encoding.ASCII.GetBytes($"NRRD0004\ntype: ushort\ndimension: 2\nsizes: 4 1\nendian: big\nencoding: hex\n\n{text}"));
        if (errorId is not null)
        {
            RequireRefused(path, errorId, inMessage);
            return;
        }

        VoxelVolume volume = VolumeFile.Read(path);

        Assert.Equal([0x0102, 0xFF0A, 0xB0C1, 0xD2E3], Enumerable.Range(0, 4).Select(i => volume.Voxels.ValueAt(i)));
    }

    [Fact]
    public void Teem_puts_the_numbers_of_a_voxel_along_any_axis()
    {
        string list = Save("list.nrrd", ChannelVolumes.Of("list.nrrd"));
        var reading = new ImageReading(SliceAxis.Third) { Channels = [new("b", "Volume=2"), new("c", "Volume=3")] };
        ImageSlice[] expected = [.. ImageSource.Read(list, reading)];
        foreach (string order in (string[])["3 0 1 2", "0 3 1 2", "0 1 3 2"])
        {
            string path = Path.Combine(_folder, "permuted.nrrd");
            OutsideTool.Run("teem-unu", ["permute", "-p", .. order.Split(' '), "-i", list, "-o", path]);

            ImageSlice[] found = [.. ImageSource.Read(path, reading)];

            Assert.Equal(expected.Select(slice => slice.Pixels), found.Select(slice => slice.Pixels));
            Assert.Equal(expected.Select(slice => slice.OtherChannels[0].Pixels), found.Select(slice => slice.OtherChannels[0].Pixels));
            Assert.Equal(expected.Select(slice => slice.Plane), found.Select(slice => slice.Plane));
        }
    }

    [Fact]
    public void Teem_and_Python_write_the_same_voxels()
    {
        const string script = """
            import sys, bz2, numpy as np
            folder = sys.argv[1]
            voxels = np.random.default_rng(5).integers(-3000, 3000, (50, 60, 70)).astype('<i2')
            data = voxels.tobytes()
            header = b'NRRD0004\ntype: short\ndimension: 3\nsizes: 70 60 50\nendian: little\nencoding: %s\n\n'
            open(f'{folder}/raw.nrrd', 'wb').write(header % b'raw' + data)
            open(f'{folder}/python.nrrd', 'wb').write(header % b'bzip2' + bz2.compress(data))
            open(f'{folder}/parts.nrrd', 'wb').write(header % b'bzip2' + bz2.compress(data[:100001]) + bz2.compress(data[100001:]))
            print('made')
            """;
        Assert.Contains("made", OutsideTool.Run("/usr/bin/python3", "-c", script, _folder), StringComparison.Ordinal);
        string raw = Path.Combine(_folder, "raw.nrrd");
        OutsideTool.Run("teem-unu", "save", "-f", "nrrd", "-e", "bzip2", "-i", raw, "-o", Path.Combine(_folder, "teem.nrrd"));
        OutsideTool.Run("teem-unu", "save", "-f", "nrrd", "-e", "ascii", "-i", raw, "-o", Path.Combine(_folder, "text.nrrd"));
        OutsideTool.Run("teem-unu", "save", "-f", "nrrd", "-e", "hex", "-i", raw, "-o", Path.Combine(_folder, "hex.nrrd"));
        float[] expected = Voxels(raw);

        Assert.All((string[])["python.nrrd", "hex.nrrd", "parts.nrrd", "teem.nrrd", "text.nrrd"], name => Assert.Equal(expected, Voxels(Path.Combine(_folder, name))));
    }

    [Fact]
    public void Damaged_bzip2_is_refused()
    {
        byte[] stored = Encode("bzip2", "short", Enumerable.Range(0, 24));
        stored[^12] ^= 4;

        RequireRefused(Save("P01.nrrd", [.. Header("short", "bzip2"), .. stored]), ErrorIds.VolumeInvalid, "damaged");
        RequireRefused(Save("P02.nrrd", [.. Header("short", "bzip2"), .. Encode("bzip2", "short", Enumerable.Range(0, 23))]), ErrorIds.VolumeTruncated, "48 bytes, but there are 46");
    }

    private static float[] Voxels(string path)
    {
        var volume = ImageVolume.Open(path, SliceAxis.Third);
        return [.. Enumerable.Range(0, volume.Slices.Count).SelectMany(slice => volume.Read(slice).Pixels)];
    }

    private static byte[] Header(string type, string encoding) => Encoding.ASCII.GetBytes($"NRRD0005\ntype: {type}\n{Sizes}encoding: {encoding}\n\n");

    private static byte[] Encode(string encoding, string type, IEnumerable<int> values)
    {
        if (encoding is "text" or "txt" or "ascii")
        {
            return Encoding.ASCII.GetBytes(string.Join(' ', values));
        }

        byte[] bytes = [.. values.SelectMany(value => type == "short" ? BitConverter.GetBytes((short)value) : [(byte)value])];
        if (encoding == "hex")
        {
            return Encoding.ASCII.GetBytes(Convert.ToHexString(bytes).ToLowerInvariant() + "\n");
        }

        if (encoding == "raw")
        {
            return bytes;
        }

        if (encoding is "gzip" or "gz")
        {
            return NiftiBytes.Pack(bytes);
        }

        using var packed = new MemoryStream();
        using (var stream = new BZip2OutputStream(packed) { IsStreamOwner = false })
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static void RequireRefused(string path, string errorId, string inMessage)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => VolumeFile.Read(path));

        Assert.Equal(errorId, error.ErrorId);
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    private static void RequireCounting(string path)
    {
        ImageSlice slice = ImageVolume.Open(path, SliceAxis.Auto).Read(1);

        Assert.Equal(Enumerable.Range(12, 12).Select(i => (float)i), slice.Pixels);
        Assert.Equal((3, 4, new PixelSpacing(0.75, 0.5)), (slice.Rows, slice.Columns, slice.Spacing));
        Assert.Equal(new Vector3D(10, 20, 34), slice.Plane!.Value.Origin);
    }

    private string Save(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
