using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Slices have the same values, bit by bit, as voxels that are decoded one by one.</summary>
public static class VoxelConversionTests
{
    private const int Offset = 3;
    private const int Side = 37;

    public static TheoryData<string, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, bool>();
            foreach (VoxelType type in Enum.GetValues<VoxelType>())
            {
                kinds.Add(type.ToString(), false);
                kinds.Add(type.ToString(), true);
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public static void Rows_are_decoded_as_single_voxels_are(string type, bool isBigEndian)
    {
        VoxelType kind = Enum.Parse<VoxelType>(type);
        byte[] bytes = new byte[Offset + (Side * Side * 3 * VoxelArray.SizeOf(kind))];
        new Random(7).NextBytes(bytes);
        int[] counts = [Side, Side, 3];
        VolumeSection[] sections =
        [
            new(counts, Side * Side, 1, Side, 2, 1), new(counts, (2 * Side * Side) - 1, -1, -Side, 2, 1), new(counts, Side * Side, Side, 1, 2, 1),
            new(counts, (2 * Side * Side) - 1, -Side, -1, 2, 1), new(counts, 2, 3, 3 * Side, 2, 0),
        ];
        foreach ((double slope, double intercept) in ((double, double)[])[(1, 0), (0.1, -7.3), (-1, 0), (1, 0.5)])
        {
            var voxels = new VoxelArray(bytes, Offset, kind, isBigEndian, slope, intercept);
            foreach (VolumeSection section in sections)
            {
                float[] pixels = new float[Side * (Side - 2)];
                voxels.Read(section, Side, pixels);

                for (int pixel = 0; pixel < pixels.Length; pixel++)
                {
                    float expected = (float)voxels.ValueAt(section.VoxelOf(pixel / Side, pixel % Side));
                    Assert.True(Same(expected, pixels[pixel]), $"{section}, {slope}, pixel {pixel}: {pixels[pixel]} instead of {expected}");
                }
            }
        }
    }

    [Fact]
    public static void Negative_zero_becomes_zero_and_NaN_stays()
    {
        float[] values = [.. Enumerable.Repeat(-0f, 20), float.NaN, float.PositiveInfinity];
        byte[] bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        float[] pixels = new float[22];
        new VoxelArray(bytes, 0, VoxelType.Float32, isBigEndian: !BitConverter.IsLittleEndian).Read(new VolumeSection([22, 1, 1], 0, 1, 22, 2, 0), 22, pixels);

        Assert.All(pixels[..20], value => Assert.Equal(0, BitConverter.SingleToInt32Bits(value)));
        Assert.True(float.IsNaN(pixels[20]));
        Assert.True(float.IsPositiveInfinity(pixels[21]));
    }

    private static bool Same(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));
}
