using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Formats.Npy;

public sealed class NpyFileTests
{
    private static readonly float[] s_mask = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4];

    public static TheoryData<string> Masks => ImagingData.Files("mask_*.npy");

    [Theory]
    [MemberData(nameof(Masks))]
    public void Reads_what_numpy_wrote(string name)
    {
        LabelImage image = NpyFile.Read(ImagingData.PathOf(name));

        Assert.Equal((3, 4, false), (image.Rows, image.Columns, image.IsLossy));
        Assert.Equal(name == "mask_b1.npy" ? Array.ConvertAll(s_mask, v => v == 0 ? 0f : 1f) : s_mask, image.Values);
    }

    [Fact]
    public void All_21_element_types_and_five_layouts_are_among_the_masks() => Assert.Equal(26, Masks.Count);

    [Theory]
    [InlineData("extremes_i8.npy", new float[] { -128, 127, -1 })]
    [InlineData("extremes_f2.npy", new float[] { -2.5f, 65504, 5.9604645e-8f })]
    public void Reads_extreme_values(string name, float[] expected) =>
        Assert.Equal(expected, NpyFile.Read(ImagingData.PathOf(name)).Values);

    [Theory]
    [InlineData("object", "holds Python objects")]
    [InlineData("text", "<U1")]
    [InlineData("complex", "<c16")]
    [InlineData("structured", "structured")]
    [InlineData("stack", "(3, 2, 2)")]
    [InlineData("nan", "column 1 (counted from 0) is NaN")]
    [InlineData("infinite", "Infinity")]
    [InlineData("inexact", "is 0.1")]
    [InlineData("large", "is 16777217")]
    public void Refuses_what_is_not_a_mask(string name, string inMessage)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => NpyFile.Read(ImagingData.PathOf($"refused_{name}.npy")));

        Assert.Equal("NpyUnsupported", error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'shape': (1, 2), 'descr': '|u1', 'fortran_order': False}", null)]
    [InlineData("{\"descr\": \"u1\", 'fortran_order':False,'shape':(1L,2L),}", null)]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "NpyUnsupported")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 2), }", "NpyUnsupported")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (1, 2), }", "NpyUnsupported")]
    [InlineData("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (1, 2), }", "NpyUnsupported")]
    [InlineData("{'descr': '|u2', 'fortran_order': False, 'shape': (1, 1), }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': 0, 'shape': (1, 2), }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, -2), }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': [1, 2], }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False}", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'descr': '|u1', 'shape': (1, 2), }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), 'x': '', }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), } + 1", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2), }", "NpyInvalid")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3), }", "NpyTruncated")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "NpyTruncated")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 1), }", "NpyInvalid")]
    public void Takes_or_refuses_a_header(string header, string? errorId)
    {
        byte[] content = WithHeader(header, [5, 6]);
        if (errorId is null)
        {
            Assert.Equal([5, 6], NpyFile.Decode(content, "x.npy").Values);
            return;
        }

        Assert.Equal(errorId, Assert.Throws<FileFormatException>(() => NpyFile.Decode(content, "x.npy")).ErrorId);
    }

    [Fact]
    public void Names_the_size_that_is_missing()
    {
        byte[] content = ImagingData.Bytes("mask_u1.npy")[..^3];

        FileFormatException error = Assert.Throws<FileFormatException>(() => NpyFile.Decode(content, "x.npy"));

        Assert.Contains("takes 12 bytes, but only 9 follow", error.Message, StringComparison.Ordinal);
        Assert.Equal(content.Length, error.Offset);
    }

    [Fact]
    public void Refuses_other_content() =>
        Assert.Equal("NotNpy", Assert.Throws<FileFormatException>(() => NpyFile.Decode("NUMPY"u8, "x.npy")).ErrorId);

    [Fact]
    public void Reads_arrays_of_any_rank()
    {
        NpyArray array = NpyFile.ReadArray(ImagingData.PathOf("array_4d.npy"));

        Assert.Equal([2, 1, 3, 4], array.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(v => v / 4f), array.Floats);
        Assert.Null(array.Integers);
    }

    [Fact]
    public void Writes_what_numpy_writes()
    {
        using var stream = new MemoryStream();
        NpyFile.Write(stream, 3, 4, Array.ConvertAll(s_mask, v => (byte)v));

        Assert.Equal(ImagingData.Bytes("mask_u1.npy"), stream.ToArray());
    }

    [Property(MaxTest = 200)]
    public Property What_is_written_is_read() => Prop.ForAll(ImageGenerator.Masks().ToArbitrary(), mask =>
    {
        using var stream = new MemoryStream();
        NpyFile.Write(stream, mask.Rows, mask.Columns, mask.Roi);
        LabelImage image = NpyFile.Decode(stream.ToArray(), "x.npy");
        Assert.Equal((mask.Rows, mask.Columns), (image.Rows, image.Columns));
        Assert.Equal(mask.Roi, Array.ConvertAll(image.Values, v => (byte)v));
    });

    private static byte[] WithHeader(string header, byte[] data)
    {
        byte[] prefix = [.. NpyHeader.Magic, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(prefix.AsSpan(8), (ushort)(header.Length + 1));
        return [.. prefix, .. Encoding.ASCII.GetBytes(header + "\n"), .. data];
    }
}
