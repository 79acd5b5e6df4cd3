using System.Runtime.Intrinsics;
using MedSeg.Devices;
using MedSeg.Network.Cpu;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>A run has the same result with AVX2 as with AVX-512.</summary>
public sealed unsafe class Avx512KernelTests
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
            Avx2WinogradTile.Multiply16(tilesStart, tiles * Lanes, channels, weights, second, tiles / Avx2WinogradTile.Rows);
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
            DirectTile<Avx2Lanes, Vector256<float>>.AddPixelsOfSix(new PixelWalk(left, Lanes), walk, Lanes / 2, rows: 1, tiles, second, second + (Lanes / 2));
            Avx2WinogradTile.Add5x16(new PixelWalk(left + 6, Lanes), walk, tiles, second + (6 * Lanes));
            Avx2WinogradTile.Add5x16(new PixelWalk(left + 11, Lanes), walk, tiles, second + (11 * Lanes));
        }

        Assert.NotEqual(Random(5, Lanes * Lanes), narrow);
        Assert.Equal(narrow, wide);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(4, 33)]
    [InlineData(9, 16)]
    public void Sums_over_taps_are_bit_identical_to_those_with_AVX2(int taps, int channels)
    {
        RequireBoth();
        const int pixels = Avx2Conv2d.TilePixels, tile = pixels * Lanes, half = Lanes / 2;
        int panel = taps * channels * Lanes;
        float[] image = Random(6, 2 * TileSources.Length * channels);
        float[] weights = Random(7, 2 * panel);
        float[] wide = new float[4 * tile];
        float[] narrow = new float[4 * tile];
        float** addresses = stackalloc float*[2 * TileSources.Length];
        nint* moves = stackalloc nint[Avx2Conv2d.MaximumTaps];
        new Span<nint>(moves, Avx2Conv2d.MaximumTaps).Clear();
        fixed (float* start = image, w = weights, first = wide, second = narrow)
        {
            for (int i = 0; i < 2 * TileSources.Length; i++)
            {
                addresses[i] = start + (i * channels);
            }

            var sources = new TileSources(addresses, pixels, moves);
            var next = new TileSources(addresses + TileSources.Length, pixels, moves);
            DirectTile<Avx512Lanes, Vector512<float>>.SumTaps(sources, w, panel, taps, channels, first, first + tile);
            DirectTile<Avx512Lanes, Vector512<float>>.SumTapsTwice(sources, w, taps, channels, first + (2 * tile));
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(sources, w, half, taps, channels, second, second + half);
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(sources, w + panel, half, taps, channels, second + tile, second + tile + half);
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(sources, w, taps, channels, second + (2 * tile));
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(sources, w + half, taps, channels, second + (2 * tile) + half);
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(next, w, half, taps, channels, second + (3 * tile), second + (3 * tile) + half);
        }

        Assert.DoesNotContain(0, narrow);
        Assert.Equal(narrow, wide);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(43)]
    public void Products_of_two_blocks_are_those_of_each(int channels)
    {
        RequireBoth();
        const int tiles = 2 * Avx512WinogradTile.Rows, block = tiles * Lanes;
        float[] v = Random(12, WinogradTiles.Blocks(channels) * block);
        float[] u = Random(13, 2 * channels * Lanes);
        float[] together = new float[2 * block];
        float[] each = new float[2 * block];
        fixed (float* tilesStart = v, weights = u, first = together, second = each)
        {
            Avx512WinogradTile.Multiply32(tilesStart, block, channels, weights, first, tiles / Avx512WinogradTile.Rows);
            Avx512WinogradTile.Multiply16(tilesStart, block, channels, weights, second, tiles / Avx512WinogradTile.Rows);
            Avx512WinogradTile.Multiply16(tilesStart, block, channels, weights + (channels * Lanes), second + block, tiles / Avx512WinogradTile.Rows);
        }

        Assert.DoesNotContain(0, each);
        Assert.Equal(each, together);

        // And of the last six tiles alone.
        const int half = tiles - (Avx512WinogradTile.Rows / 2);
        fixed (float* tilesStart = v, weights = u, first = together)
        {
            new Span<float>(first + (half * Lanes), block - (half * Lanes)).Clear();
            new Span<float>(first + block + (half * Lanes), block - (half * Lanes)).Clear();
            Avx512WinogradTile.MultiplyHalf32(tilesStart + (half * Lanes), block, channels, weights, first + (half * Lanes));
        }

        Assert.Equal(each, together);
    }

    [Fact]
    public void Sums_of_two_blocks_are_those_of_each()
    {
        RequireBoth();
        const int tiles = 37, pair = Lanes * Lanes;
        float[] a = Random(14, tiles * Lanes);
        float[] b = Random(15, 2 * tiles * Lanes);
        float[] together = Random(16, 2 * pair);
        float[] each = [.. together];
        fixed (float* left = a, right = b, first = together, second = each)
        {
            Avx512WinogradTile.Add8x32(left, right, tiles * Lanes, tiles, first);
            Avx512WinogradTile.Add8x32(left + 8, right, tiles * Lanes, tiles, first + (8 * Lanes));
            Avx512WinogradTile.Add16x16(left, right, tiles, second);
            Avx512WinogradTile.Add16x16(left, right + (tiles * Lanes), tiles, second + pair);
        }

        Assert.NotEqual(Random(16, 2 * pair), each);
        Assert.Equal(each, together);
    }

    [Fact]
    public void Sums_over_pixels_are_bit_identical_to_those_with_AVX2()
    {
        RequireBoth();
        const int rows = 3, columns = 5, channels = 40, group = 8, next = 24, part = group * Lanes, half = Lanes / 2;
        float[] a = Random(8, rows * columns * group);
        float[] b = Random(9, rows * columns * channels);
        float[] wide = Random(10, 3 * part);
        float[] narrow = [.. wide];
        fixed (float* left = a, right = b, first = wide, second = narrow)
        {
            var leftWalk = new PixelWalk(left, group, columns * group);
            DirectTile<Avx512Lanes, Vector512<float>>.AddPixels(leftWalk, Right(right), next, rows, columns, first, first + part);
            DirectTile<Avx512Lanes, Vector512<float>>.AddPixels(leftWalk, Right(right), rows, columns, first + (2 * part));
            foreach ((int from, int to) in new[] { (0, 0), (half, half), (next, part), (next + half, part + half), (0, 2 * part), (half, (2 * part) + half) })
            {
                DirectTile<Avx2Lanes, Vector256<float>>.AddPixels(leftWalk, Right(right + from), rows, columns, second + to);
            }
        }

        Assert.NotEqual(Random(10, 3 * part), narrow);
        Assert.Equal(narrow, wide);

        static PixelWalk Right(float* start) => new(start, channels, columns * channels);
    }

    [Fact]
    public void Sums_over_pixels_of_six_channels_are_those_of_eight()
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU has no AVX2.");
        const int rows = 2, columns = 7, channels = 16, half = Lanes / 2;
        float[] a = Random(17, rows * columns * 8);
        float[] b = Random(18, rows * columns * channels);
        float[] six = Random(19, 8 * Lanes);
        float[] eight = [.. six];
        fixed (float* left = a, right = b, first = six, second = eight)
        {
            var leftWalk = new PixelWalk(left, 8, columns * 8);
            DirectTile<Avx2Lanes, Vector256<float>>.AddPixelsOfSix(leftWalk, new PixelWalk(right, channels, columns * channels), half, rows, columns, first, first + half);
            DirectTile<Avx2Lanes, Vector256<float>>.AddPixels(leftWalk, new PixelWalk(right, channels, columns * channels), rows, columns, second);
            DirectTile<Avx2Lanes, Vector256<float>>.AddPixels(leftWalk, new PixelWalk(right + half, channels, columns * channels), rows, columns, second + half);
        }

        Assert.NotEqual(Random(19, 8 * Lanes)[..(6 * Lanes)], six[..(6 * Lanes)]);
        Assert.Equal(eight[..(6 * Lanes)], six[..(6 * Lanes)]);
    }

    [Fact]
    public void Transforms_are_bit_identical_to_those_with_AVX2()
    {
        RequireBoth();
        const int points = WinogradSize.Points;
        float[] values = Random(11, points * Lanes);
        float[] wide = new float[4 * points * Lanes];
        float[] narrow = new float[4 * points * Lanes];
        float* between = stackalloc float[points * Lanes];
        fixed (float* from = values, first = wide, second = narrow)
        {
            TransformAll<Avx512Lanes, Vector512<float>>(from, first, between);
            TransformAll<Avx2Lanes, Vector256<float>>(from, second, between);
            TransformAll<Avx2Lanes, Vector256<float>>(from + (Lanes / 2), second + (Lanes / 2), between);
        }

        Assert.Equal((36 + 16 + 36 + 36) * Lanes, narrow.Count(value => value != 0));
        Assert.Equal(narrow, wide);
    }

    private static void TransformAll<TLanes, TVector>(float* from, float* to, float* between)
        where TLanes : struct, IFusedLanes<TVector>
        where TVector : struct
    {
        const int all = WinogradSize.Points * Lanes;
        WinogradTransform<TLanes, TVector>.TransformInput<Float32Format>((byte*)from, 6 * Lanes * sizeof(float), Lanes * sizeof(float), to, Lanes, between);
        WinogradTransform<TLanes, TVector>.TransformOutput(from, Lanes, to + all, 4 * Lanes, Lanes, between);
        WinogradTransform<TLanes, TVector>.TransformGradient<Float32Format>((byte*)from, 4 * Lanes * sizeof(float), Lanes * sizeof(float), to + (2 * all), Lanes, between);
        WinogradTransform<TLanes, TVector>.TransformWeights(from, Lanes, to + (3 * all), Lanes, between);
    }

    private static void RequireBoth() =>
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions && Avx512Lanes.IsSupported, "This CPU has no AVX-512.");

    private static float[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
