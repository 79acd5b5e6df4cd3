using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Weights in the order in which <see cref="Avx2Conv2d"/> reads them: [blocks, taps, inputs, 16 outputs]. Weights beyond the last output are
/// zero.
/// </summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    /// <summary>The number of outputs of a block.</summary>
    public const int Width = 16;

    private PackedWeights(int outputs, int inputs, int taps)
    {
        Outputs = outputs;
        Inputs = inputs;
        Taps = taps;
        Start = (float*)NativeMemory.AlignedAlloc((nuint)(Blocks * taps * (long)inputs * Width * sizeof(float)), 64);
    }

    /// <summary>Gets the number of outputs.</summary>
    public int Outputs { get; }

    /// <summary>Gets the number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>Gets the number of taps.</summary>
    public int Taps { get; }

    /// <summary>Gets the number of blocks.</summary>
    public int Blocks => (Outputs + Width - 1) / Width;

    private float* Start { get; }

    /// <summary>Packs weights for a convolution from the fine image to the coarse one.</summary>
    /// <param name="weights">The weights, [M, taps, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    public static PackedWeights Forward(float* weights, int coarse, int taps, int fine)
    {
        var panels = new PackedWeights(coarse, fine, taps);
        int row = taps * fine;
        CpuParallel.For(panels.Blocks, panels.Blocks * (long)row * Width, block =>
        {
            float* to = panels.Block(block);
            int width = Math.Min(Width, coarse - (block * Width));
            if (width < Width)
            {
                new Span<float>(to, row * Width).Clear();
            }

            for (int k = 0; k < width; k++)
            {
                float* from = weights + (((block * Width) + k) * (long)row);
                for (int i = 0; i < row; i++)
                {
                    to[(i * Width) + k] = from[i];
                }
            }
        });
        return panels;
    }

    /// <summary>Packs weights for a convolution from the coarse image to the fine one.</summary>
    /// <param name="weights">The weights, [M, taps, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="taps">The taps, in the order in which they are packed.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    public static PackedWeights Transposed(float* weights, int coarse, int[] taps, int fine)
    {
        var panels = new PackedWeights(fine, coarse, taps.Length);
        CpuParallel.For(panels.Blocks, panels.Blocks * (long)taps.Length * coarse * Width, block =>
        {
            int width = Math.Min(Width, fine - (block * Width));
            for (int i = 0; i < taps.Length; i++)
            {
                float* to = panels.Block(block) + (i * (long)coarse * Width);
                for (int m = 0; m < coarse; m++, to += Width)
                {
                    CopyBlock(weights + (((m * (long)taps.Length) + taps[i]) * fine) + (block * Width), width, to);
                }
            }
        });
        return panels;
    }

    /// <summary>Copies the weights of a block of outputs, and zeros beyond the last one.</summary>
    /// <param name="from">The first weight.</param>
    /// <param name="count">The number of weights, at most 16.</param>
    /// <param name="to">Receives 16 values.</param>
    public static void CopyBlock(float* from, int count, float* to)
    {
        if (count == Width)
        {
            Vector256.Load(from).Store(to);
            Vector256.Load(from + Vector256<float>.Count).Store(to + Vector256<float>.Count);
            return;
        }

        for (int i = 0; i < Width; i++)
        {
            to[i] = i < count ? from[i] : 0;
        }
    }

    /// <summary>Returns a block, [taps, inputs, 16].</summary>
    /// <param name="block">The index of the block, from 0.</param>
    public float* Block(int block) => Start + (block * (long)Taps * Inputs * Width);

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(Start);
}
