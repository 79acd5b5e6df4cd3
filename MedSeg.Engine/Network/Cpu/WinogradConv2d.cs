using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// 3 × 3 convolutions of channels-last images by Winograd's minimal filtering (Lavin &amp; Gray 2016), for CPUs with AVX2 and FMA: a tile of 4 × 4 results
/// takes 36 multiplications for each pair of channels in place of 144. The result does not depend on the number of threads.
/// </summary>
internal static unsafe class WinogradConv2d
{
    private const int Lanes = WinogradTiles.Lanes;

    // Tiles of a block, up to that many channels and above; measured. What a block takes should stay in the second-level cache.
    private const int NarrowChannels = 128;
    private const int NarrowTiles = 36;
    private const int WideTiles = 60;

    /// <summary>Returns whether a convolution has the form that this class computes.</summary>
    /// <param name="geometry">The geometry of the convolution.</param>
    public static bool Supports(in Conv2dGeometry geometry) => geometry is { Side: 3, Stride: 1 } && geometry.Padding == geometry.Dilation;

    /// <summary>Convolves, from the fine image to the coarse one.</summary>
    /// <param name="fine">The image, with N channels.</param>
    /// <param name="weights">The weights, [M, 9, N].</param>
    /// <param name="bias">The bias, [M]; null for none.</param>
    /// <param name="dilation">The dilation, which is the padding, too.</param>
    /// <param name="coarse">Receives the values, with M channels, dense.</param>
    /// <param name="activation">The activation that follows; null for none.</param>
    /// <param name="kept">The weights that are kept; null where training changes them.</param>
    public static void Forward(ChannelsLastView fine, float* weights, float* bias, int dilation, ChannelsLastView coarse, PReluEpilogue? activation = null, KeptWeights? kept = null)
    {
        using WinogradWeights? transformed = kept is null ? WinogradWeights.Forward(weights, coarse.Channels, fine.Channels) : null;
        Run(fine, transformed ?? kept!.Winograd(weights, isTransposed: false, coarse.Channels, fine.Channels), dilation, new Conv2dOutput(coarse, bias, activation));
    }

    /// <summary>Convolves from the coarse image to the fine one: the gradient of a convolution's input.</summary>
    /// <param name="coarse">The image, with M channels.</param>
    /// <param name="weights">The weights, [M, 9, N].</param>
    /// <param name="dilation">The dilation, which is the padding, too.</param>
    /// <param name="fine">Receives the values, with N channels.</param>
    /// <param name="kept">The weights that are kept; null where training changes them.</param>
    public static void Transposed(ChannelsLastView coarse, float* weights, int dilation, Conv2dOutput fine, KeptWeights? kept = null)
    {
        using WinogradWeights? transformed = kept is null ? WinogradWeights.Transposed(weights, coarse.Channels, fine.Channels) : null;
        Run(coarse, transformed ?? kept!.Winograd(weights, isTransposed: true, coarse.Channels, fine.Channels), dilation, fine);
    }

    private static void Run(ChannelsLastView from, WinogradWeights weights, int dilation, Conv2dOutput to)
    {
        var tiles = new WinogradTiles(from, dilation);
        int channels = Math.Max(weights.Inputs, weights.Outputs);
        int size = BlockTiles(tiles.Count, channels);
        nint point = (nint)WinogradTiles.PointStep(channels, size);
        CpuParallel.For((tiles.Count + size - 1) / size, WinogradSize.Points * (long)tiles.Count * weights.Inputs * weights.Outputs, block =>
        {
            int first = block * size;
            int count = Math.Min(size, tiles.Count - first);

            // The products of a point replace the transformed tiles of the point before, which halves the memory of a block.
            using ScratchMemory scratch = ScratchMemory.Rent((WinogradSize.Points + 1) * (long)point);
            float* products = scratch.Start;
            tiles.Transform(from, isGradient: false, first, count, ..WinogradTiles.Blocks(from.Channels), products + point, size, point);
            Multiply(weights, products, size, point, count);
            tiles.TransformBack(products, size, point, first, count, to);
        });
    }

    private static void Multiply(WinogradWeights weights, float* products, int size, nint point, int count)
    {
        int groups = (count + Avx2WinogradTile.Rows - 1) / Avx2WinogradTile.Rows;
        nint step = size * Lanes;
        for (int p = 0; p < WinogradSize.Points; p++, products += point)
        {
            float* to = products;
            int blocks;
            for (int block = 0; block < WinogradTiles.Blocks(weights.Outputs); block += blocks, to += blocks * step)
            {
                int outputs = weights.Outputs - (block * Lanes);
                blocks = Avx512Lanes.IsSupported && outputs > Lanes + (Lanes / 2) ? 2 : 1;
                if (blocks == 2)
                {
                    Multiply32(products + point, step, weights, p, block, to, groups);
                }
                else if (outputs > Lanes / 2)
                {
                    Multiply16(products + point, step, weights.Inputs, weights.Block(p, block), to, groups);
                }
                else
                {
                    Avx2WinogradTile.Multiply8(products + point, step, weights.Inputs, weights.Block(p, block), to, groups);
                }
            }
        }
    }

    // Groups of six tiles, two at once with AVX-512.
    private static void Multiply16(float* v, nint block, int channels, float* u, float* m, int groups)
    {
        const int pair = Avx512WinogradTile.Rows / Avx2WinogradTile.Rows;
        int done = 0;
        if (Avx512Lanes.IsSupported)
        {
            Avx512WinogradTile.Multiply16(v, block, channels, u, m, groups / pair);
            done = groups / pair * Avx512WinogradTile.Rows * Lanes;
            groups %= pair;
        }

        Avx2WinogradTile.Multiply16(v + done, block, channels, u, m + done, groups);
    }

    // The same for two blocks of outputs.
    private static void Multiply32(float* v, nint step, WinogradWeights weights, int point, int block, float* m, int groups)
    {
        const int pair = Avx512WinogradTile.Rows / Avx2WinogradTile.Rows;
        Avx512WinogradTile.Multiply32(v, step, weights.Inputs, weights.Block(point, block), m, groups / pair);
        if (groups % pair > 0)
        {
            int done = groups / pair * Avx512WinogradTile.Rows * Lanes;
            Avx512WinogradTile.MultiplyHalf32(v + done, step, weights.Inputs, weights.Block(point, block), m + done);
        }
    }

    // The size that gives the busiest thread the fewest tiles; the largest of several. A tile's result does not depend on its block.
    private static int BlockTiles(int tiles, int channels)
    {
        int threads = CpuParallel.Threads;
        int most = channels <= NarrowChannels ? NarrowTiles : WideTiles;
        int best = RoundUp((tiles + threads - 1) / threads);
        if (best <= most)
        {
            return best;
        }

        int least = int.MaxValue;
        for (int size = most; size >= 2 * most / 3; size -= Avx2WinogradTile.Rows)
        {
            int blocks = (tiles + size - 1) / size;
            int busiest = Math.Min((blocks + threads - 1) / threads * size, tiles);
            (best, least) = busiest < least ? (size, busiest) : (best, least);
        }

        return best;
    }

    private static int RoundUp(int tiles) => (tiles + Avx2WinogradTile.Rows - 1) / Avx2WinogradTile.Rows * Avx2WinogradTile.Rows;
}
