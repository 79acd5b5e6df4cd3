using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The weights of a 3 × 3 convolution, transformed to [36 points, blocks of 16 outputs, inputs, 16] for <see cref="WinogradConv2d"/>. Weights beyond
/// the last output are zero.
/// </summary>
internal sealed unsafe class WinogradWeights : IDisposable
{
    private const int Lanes = WinogradTiles.Lanes;
    private const int Taps = 9;
    private readonly ScratchMemory _memory;
    private readonly long _point;

    private WinogradWeights(int outputs, int inputs, bool isKept)
    {
        (Outputs, Inputs) = (outputs, inputs);
        _point = WinogradTiles.PointStep(outputs, inputs);
        long length = WinogradSize.Points * _point;
        _memory = isKept ? ScratchMemory.Own(length) : ScratchMemory.Rent(length);
    }

    /// <summary>Gets the number of outputs.</summary>
    public int Outputs { get; }

    /// <summary>Gets the number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>Transforms weights for a convolution from the fine image to the coarse one.</summary>
    /// <param name="weights">The weights, [M, 9, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    /// <param name="isKept">Whether they are kept from call to call.</param>
    public static WinogradWeights Forward(float* weights, int coarse, int fine, bool isKept = false)
    {
        var transformed = new WinogradWeights(coarse, fine, isKept);
        transformed.Fill((output, input, taps) => FetchForward(weights, coarse, fine, output, input, taps));
        return transformed;
    }

    /// <summary>Transforms weights for a convolution from the coarse image to the fine one: the taps are in reverse order.</summary>
    /// <param name="weights">The weights, [M, 9, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    /// <param name="isKept">Whether they are kept from call to call.</param>
    public static WinogradWeights Transposed(float* weights, int coarse, int fine, bool isKept = false)
    {
        var transformed = new WinogradWeights(fine, coarse, isKept);
        transformed.Fill((output, input, taps) => FetchTransposed(weights, coarse, fine, output, input, taps));
        return transformed;
    }

    /// <summary>Returns the weights of a block of outputs at a point, [inputs, 16].</summary>
    /// <param name="point">The index of the point.</param>
    /// <param name="block">The index of the block.</param>
    public float* Block(int point, int block) => _memory.Start + (point * _point) + (block * (long)Inputs * Lanes);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private void Fill(Fetch fetch) =>
        CpuParallel.For(WinogradTiles.Blocks(Outputs), WinogradSize.Points * (long)Inputs * Outputs, block => FillBlock(block, fetch));

    [SkipLocalsInit]
    private void FillBlock(int block, Fetch fetch)
    {
        float* taps = stackalloc float[Taps * Lanes * Lanes];
        float* between = stackalloc float[WinogradSize.Points * Lanes];
        for (int first = 0; first < Inputs; first += Lanes)
        {
            fetch(block * Lanes, first, taps);
            float* to = Block(0, block) + (first * Lanes);
            for (int i = 0; i < Math.Min(Lanes, Inputs - first); i++)
            {
                TransformPairs(taps + (i * Lanes), to + (i * Lanes), (nint)_point, between);
            }
        }
    }

    // The weights from one input to sixteen outputs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformPairs(float* taps, float* to, nint point, float* between)
    {
        if (Avx512Lanes.IsSupported)
        {
            WinogradTransform<Avx512Lanes, Vector512<float>>.TransformWeights(taps, Lanes * Lanes, to, point, between);
            return;
        }

        for (int half = 0; half < Lanes; half += Lanes / 2)
        {
            WinogradTransform<Avx2Lanes, Vector256<float>>.TransformWeights(taps + half, Lanes * Lanes, to + half, point, between);
        }
    }

    // taps[9, 16 inputs, 16 outputs]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FetchForward(float* weights, int coarse, int fine, int output, int input, float* taps)
    {
        (int outputs, int inputs) = (Math.Min(Lanes, coarse - output), Math.Min(Lanes, fine - input));
        bool isWhole = outputs == Lanes && inputs == Lanes;
        for (int tap = 0; tap < Taps; tap++, taps += Lanes * Lanes)
        {
            float* from = weights + (((output * (long)Taps) + tap) * fine) + input;
            nint row = (nint)Taps * fine;
            if (isWhole)
            {
                Avx2Transpose.Transpose16x16(from, row, taps);
                continue;
            }

            new Span<float>(taps, Lanes * Lanes).Clear();
            for (int k = 0; k < outputs; k++, from += row)
            {
                for (int i = 0; i < inputs; i++)
                {
                    taps[(i * Lanes) + k] = from[i];
                }
            }
        }
    }

    // The same from the last tap to the first; outputs are consecutive in memory.
    private static void FetchTransposed(float* weights, int coarse, int fine, int output, int input, float* taps)
    {
        int outputs = Math.Min(Lanes, fine - output);
        for (int tap = Taps - 1; tap >= 0; tap--, taps += Lanes * Lanes)
        {
            for (int i = 0; i < Math.Min(Lanes, coarse - input); i++)
            {
                PackedWeights.CopyBlock(weights + ((((input + i) * (long)Taps) + tap) * fine) + output, outputs, taps + (i * Lanes));
            }
        }
    }

    /// <summary>Copies the taps of 16 inputs and 16 outputs to [9, 16 inputs, 16 outputs].</summary>
    private delegate void Fetch(int output, int input, float* taps);
}
