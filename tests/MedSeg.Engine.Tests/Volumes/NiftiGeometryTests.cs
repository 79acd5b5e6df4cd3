using System.Buffers.Binary;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>
/// A left-handed volume, whose slices follow each other against their normal: qfac is −1. The numbers are those that nibabel 5.0 gives for
/// the same affine matrix (Nifti1Header.set_sform and set_qform).
/// </summary>
public sealed class NiftiGeometryTests
{
    private const int Columns = 3;
    private const int Rows = 2;
    private const int Slices = 2;
    private static readonly Vector3D s_origin = new(-40, 25.5, 110.25);
    private static readonly Vector3D[] s_steps = [0.75 * new Vector3D(0.8, 0.6, 0), 0.5 * new Vector3D(0, 0, -1), 4 * new Vector3D(0.6, -0.8, 0)];
    private static readonly float[] s_sizes = [-1, 0.75f, 0.5f, 4];
    private static readonly float[] s_quaternion = [-0.22360679507255554f, 0.670820415019989f, -0.670820415019989f, 40, -25.5f, 110.25f];
    private static readonly float[] s_matrix = [-0.6f, 0, -2.4f, 40, -0.45f, 0, 3.2f, -25.5f, 0, -0.5f, 0, 110.25f];

    [Fact]
    public void Writer_states_a_left_hand_in_qform_and_sform_alike()
    {
        byte[] header = NiftiHeaderWriter.Create(s_origin, s_steps, [Columns, Rows, Slices]);

        Assert.Equal((1, 1), (Int16(header, 252), Int16(header, 254)));
        RequireNear(s_sizes, header, 76);
        RequireNear(s_quaternion, header, 256);
        RequireNear(s_matrix, header, 280);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Reader_finds_each_slice_by_qform_or_sform(short qform, short sform)
    {
        byte[] content = new byte[352 + (Columns * Rows * Slices)];
        Write(content, 0, 348);
        foreach ((int offset, short value) in (ReadOnlySpan<(int, short)>)[(40, 3), (42, Columns), (44, Rows), (46, Slices), (48, 1), (70, 2), (72, 8), (252, qform), (254, sform)])
        {
            BinaryPrimitives.WriteInt16LittleEndian(content.AsSpan(offset), value);
        }

        Write(content, 76, s_sizes);
        Write(content, 108, 352f);
        Write(content, 256, s_quaternion);
        Write(content, 280, s_matrix);
        content[123] = 2;
        "n+1\0"u8.CopyTo(content.AsSpan(344));
        for (int i = 0; i < Columns * Rows * Slices; i++)
        {
            content[352 + i] = (byte)(i + 1);
        }

        var volume = new VoxelLabelVolume(NiftiFile.Decode(content, "left.nii"));

        Assert.Equal([1f, 2, 3, 4, 5, 6], volume.Slice(Slice(0)).Mask.Values);
        Assert.Equal([7f, 8, 9, 10, 11, 12], volume.Slice(Slice(1)).Mask.Values);
        Assert.Throws<FileFormatException>(() => volume.Slice(Slice(-1)));
    }

    [Fact]
    public void Nibabel_computes_the_same_affine_from_what_was_written()
    {
        string folder = Directory.CreateTempSubdirectory("medseg").FullName;
        try
        {
            string path = Path.Combine(folder, "left.nii");
            File.WriteAllBytes(path, [.. NiftiHeaderWriter.Create(s_origin, s_steps, [Columns, Rows, Slices]), .. new byte[Columns * Rows * Slices]]);
            const string script = """
                import sys, numpy, nibabel
                volume = nibabel.load(sys.argv[1])
                right = numpy.array([[-.6, 0, -2.4, 40], [-.45, 0, 3.2, -25.5], [0, -.5, 0, 110.25], [0, 0, 0, 1]])
                assert numpy.allclose(volume.get_sform(), right, atol=1e-5) and numpy.allclose(volume.get_qform(), right, atol=1e-5)
                print('qfac', volume.header['pixdim'][0], ''.join(nibabel.aff2axcodes(volume.affine)))
                """;

            Assert.Contains("qfac -1.0 LIA", OutsideTool.Run("/usr/bin/python3", "-c", script, path), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DicomImage Slice(int number) => new()
    {
        Rows = Rows,
        Columns = Columns,
        Pixels = new float[Rows * Columns],
        Frame = 1,
        Frames = 1,
        Position = [-40 + (2.4 * number), 25.5 - (3.2 * number), 110.25],
        Orientation = [0.8, 0.6, 0, 0, 0, -1],
        Spacing = new PixelSpacing(0.5, 0.75),
        TransferSyntaxUid = "",
        BitsStored = 16,
    };

    private static int Int16(byte[] header, int offset) => BinaryPrimitives.ReadInt16LittleEndian(header.AsSpan(offset));

    private static void Write(byte[] header, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(offset), value);

    private static void Write(byte[] header, int offset, params float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(offset + (4 * i)), values[i]);
        }
    }

    private static void RequireNear(float[] expected, byte[] header, int offset) =>
        Assert.All(expected, (value, i) => Assert.Equal(value, BinaryPrimitives.ReadSingleLittleEndian(header.AsSpan(offset + (4 * i))), 1e-6f));
}
