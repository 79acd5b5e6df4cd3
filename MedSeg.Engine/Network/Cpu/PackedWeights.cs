using System.Runtime.InteropServices;
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
                    var target = new Span<float>(to, Width);
                    new ReadOnlySpan<float>(weights + (((m * (long)taps.Length) + taps[i]) * fine) + (block * Width), width).CopyTo(target);
                    target[width..].Clear();
                }
            }
        });
        return panels;
    }

    /// <summary>Returns a block, [taps, inputs, 16].</summary>
    /// <param name="block">The index of the block, from 0.</param>
    public float* Block(int block) => Start + (block * (long)Taps * Inputs * Width);

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(Start);
}
