using MedSeg.Devices;
using MedSeg.Network.Cpu;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>A run has the same result with AVX2 as with AVX-512.</summary>
public sealed unsafe class Avx512WinogradTileTests
{
    private const int Lanes = WinogradTiles.Lanes;

    [Theory]
    [InlineData(16)]
    [InlineData(43)]
    [InlineData(5)]
    public void Products_are_bit_identical_to_those_with_AVX2(int channels)
    {
        RequireBoth();
        const int tiles = 2 * Avx512WinogradTile.Rows;
        int blocks = WinogradTiles.Blocks(channels);
        float[] v = Random(1, blocks * tiles * Lanes);
        float[] u = Random(2, channels * Lanes);
        float[] wide = new float[tiles * Lanes];
        float[] narrow = new float[tiles * Lanes];
        fixed (float* tilesStart = v, weights = u, first = wide, second = narrow)
        {
            Avx512WinogradTile.Multiply16(tilesStart, tiles * Lanes, channels, weights, first, tiles / Avx512WinogradTile.Rows);
            Avx2ConvolutionTile.Multiply16(tilesStart, tiles * Lanes, channels, weights, second, tiles / Avx2ConvolutionTile.Rows);
        }

        Assert.DoesNotContain(0, narrow);
        Assert.Equal(narrow, wide);
    }

    [Fact]
    public void Sums_of_weight_gradients_are_bit_identical_to_those_with_AVX2()
    {
        RequireBoth();
        const int tiles = 37;
        float[] a = Random(3, tiles * Lanes);
        float[] b = Random(4, tiles * Lanes);
        float[] wide = Random(5, Lanes * Lanes);
        float[] narrow = [.. wide];
        fixed (float* left = a, right = b, first = wide, second = narrow)
        {
            Avx512WinogradTile.Add16x16(left, right, tiles, first);
            var walk = new PixelWalk(right, Lanes);
            Avx2GradientTile.Add6x16(new PixelWalk(left, Lanes), walk, rows: 1, tiles, second);
            Avx2GradientTile.Add5x16(new PixelWalk(left + 6, Lanes), walk, tiles, second + (6 * Lanes));
            Avx2GradientTile.Add5x16(new PixelWalk(left + 11, Lanes), walk, tiles, second + (11 * Lanes));
        }

        Assert.NotEqual(Random(5, Lanes * Lanes), narrow);
        Assert.Equal(narrow, wide);
    }

    private static void RequireBoth() =>
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions && Avx512WinogradTile.IsSupported, "This CPU has no AVX-512.");

    private static float[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
