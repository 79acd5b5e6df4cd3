using System.Buffers.Binary;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.Jpeg2000;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>Images that OpenJPEG's programs compress and decompress here, where they are installed.</summary>
public sealed class OpenJpegTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    public void Dispose() => _folder.Delete(recursive: true);

    // opj_compress 2.5.0 refuses a form whose width, height, components and bits have a common bit.
    [Theory]
    [InlineData(64, 64, 1, 8, false, "")]
    [InlineData(61, 84, 1, 1, false, "-b 16,16")]
    [InlineData(61, 84, 1, 5, true, "-b 4,4")]
    [InlineData(129, 255, 1, 16, false, "-b 1024,4")]
    [InlineData(255, 129, 1, 16, true, "-b 4,1024 -n 3")]
    [InlineData(100, 70, 3, 12, false, "-b 8,256 -mct 1")]
    [InlineData(100, 70, 4, 8, true, "-mct 0 -c [32,32],[16,16] -p RPCL")]
    [InlineData(83, 61, 1, 10, false, "-M 1")]
    [InlineData(83, 62, 1, 11, false, "-M 2 -b 32,32")]
    [InlineData(83, 61, 1, 14, false, "-M 5")]
    [InlineData(83, 61, 1, 12, false, "-M 8")]
    [InlineData(83, 61, 1, 12, false, "-M 48 -b 128,32")]
    [InlineData(83, 61, 1, 16, true, "-M 63 -r 20,8,1")]
    [InlineData(120, 90, 1, 12, false, "-t 50,33 -d 7,3 -SOP -EPH")]
    [InlineData(120, 90, 1, 8, false, "-ROI c=0,U=7")]
    [InlineData(120, 90, 1, 12, false, "-I")]
    [InlineData(120, 90, 3, 8, false, "-I -mct 1 -r 10,3")]
    [InlineData(121, 91, 1, 12, true, "-I -M 15 -r 6")]
    [InlineData(700, 600, 1, 12, false, "-M 32")]
    [InlineData(600, 700, 1, 12, false, "-I -r 9")]
    public void Decodes_as_opj_decompress_does(int rows, int columns, int components, int bits, bool isSigned, string options)
    {
        byte[] stream = Compress(Image(rows, columns, components, bits, isSigned), rows, columns, components, bits, isSigned, options);
        OutsideTool.RunToEnd("opj_decompress", "-i", Path.Combine(_folder.FullName, "image.j2k"), "-o", Path.Combine(_folder.FullName, "decoded.rawl"));
        int[] expected = Interleave(File.ReadAllBytes(Path.Combine(_folder.FullName, "decoded.rawl")), components, bits, isSigned);

        DecodedFrame frame = Jpeg2000Decoder.Decode(stream, new FrameShape(rows, columns, components));

        Assert.Equal((bits, isSigned), (frame.Precision, frame.IsSigned));
        Assert.Equal(expected.Length, frame.Samples.Length);
        int difference = expected.Zip(frame.Samples, (a, b) => Math.Abs(a - b)).Max();
        int allowed = options.Contains("-I", StringComparison.Ordinal) ? 1 : 0;
        Assert.True(difference <= allowed, $"It differs by up to {difference} where {allowed} is allowed.");
    }

    [Fact]
    public void The_first_damaged_code_block_is_named_however_many_threads_decode()
    {
        const int Side = 640;
        byte[] stream = Compress(Image(Side, Side, 1, 12, false), Side, Side, 1, 12, false, "-M 32 -n 1");
        int first = stream.Length / 3;
        for (int at = first; at < stream.Length - 200; at += 5000)
        {
            stream[at] ^= 0x55;
        }

        int[] offsets = [.. Enumerable.Range(0, 20).Select(_ =>
            Assert.Throws<CodestreamException>(() => Jpeg2000Decoder.Decode(stream, new FrameShape(Side, Side, 1))).Offset)];

        // A block of 64 × 64 has about 5000 bytes.
        Assert.All(offsets, offset => Assert.InRange(offset, first - 10_000, first + 10_000));
        Assert.Single(offsets.Distinct());
    }

    private static int[] Image(int rows, int columns, int components, int bits, bool isSigned)
    {
        var random = new Random(bits);
        int[] values = new int[rows * columns * components];
        for (int i = 0; i < values.Length; i++)
        {
            (int pixel, int component) = (i / components, i % components);
            (double x, double y) = (pixel % columns, pixel / columns);
            double smooth = 0.5 + (0.4 * Math.Sin((x / 9) + component) * Math.Cos((y / 7) - component));
            int value = (int)((smooth * (1 << bits)) + random.Next(-6, 7));
            values[i] = Math.Clamp(value, 0, (1 << bits) - 1) - (isSigned ? 1 << (bits - 1) : 0);
        }

        return values;
    }

    private byte[] Compress(int[] values, int rows, int columns, int components, int bits, bool isSigned, string options)
    {
        int size = bits > 8 ? 2 : 1;
        byte[] planes = new byte[values.Length * size];
        for (int i = 0; i < values.Length; i++)
        {
            int at = size * ((i % components * rows * columns) + (i / components));
            planes[at] = (byte)values[i];
            planes[at + size - 1] = (byte)(size == 1 ? values[i] : values[i] >> 8);
        }

        string source = Path.Combine(_folder.FullName, "image.rawl");
        string target = Path.Combine(_folder.FullName, "image.j2k");
        File.WriteAllBytes(source, planes);
        string form = $"{columns},{rows},{components},{bits},{(isSigned ? 's' : 'u')}";
        OutsideTool.RunToEnd("opj_compress", ["-i", source, "-o", target, "-F", form, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        return File.ReadAllBytes(target);
    }

    private static int[] Interleave(byte[] planes, int components, int bits, bool isSigned)
    {
        int size = bits > 8 ? 2 : 1;
        int pixels = planes.Length / size / components;
        int[] values = new int[pixels * components];
        for (int i = 0; i < values.Length; i++)
        {
            int at = size * ((i % components * pixels) + (i / components));
            int value = size == 1 ? planes[at] : BinaryPrimitives.ReadUInt16LittleEndian(planes.AsSpan(at));

            // opj_decompress leaves the bits above the sample's own at 0.
            values[i] = isSigned ? value << (32 - bits) >> (32 - bits) : value;
        }

        return values;
    }
}
