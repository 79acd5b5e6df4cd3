using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>An image that a network computes in bfloat16, with the gradient that has reached it.</summary>
/// <param name="values">The values, [B, C, H, W], which the image owns.</param>
/// <param name="wantsGradient">Whether the gradient is required.</param>
/// <param name="memory">The memory of the values, which the image releases; null for a tensor's own.</param>
internal sealed class NarrowImage(Tensor values, bool wantsGradient, ImageMemory? memory = null) : IDisposable
{
    private Tensor? _gradient;

    /// <summary>Gets the values.</summary>
    public Tensor Values { get; private set; } = values;

    /// <summary>Gets a value indicating whether the gradient is required.</summary>
    public bool WantsGradient => wantsGradient;

    /// <summary>Allocates images of bfloat16 numbers with undefined values.</summary>
    /// <param name="arena">The arena, of bfloat16.</param>
    /// <param name="shape">The shape, [B, C, H, W]; the channels are last in memory.</param>
    public static NarrowImage Empty(ImageArena arena, params long[] shape)
    {
        (long channels, long height, long width) = (shape[1], shape[2], shape[3]);
        ImageMemory memory = arena.Rent(shape[0] * channels * height * width, isKept: true);
        Tensor values = memory.AsTensor(first: 0, shape, [height * width * channels, 1, width * channels, channels]);
        return new NarrowImage(values.DetachFromDisposeScope(), wantsGradient: true, memory);
    }

    /// <summary>Replaces the values by the first channels of another image, which have the same content.</summary>
    /// <param name="same">The other image.</param>
    public void MoveTo(NarrowImage same)
    {
        Tensor part = same.Values.narrow(1, 0, Values.shape[1]).DetachFromDisposeScope();
        Values.Dispose();
        memory?.Release();
        (Values, memory) = (part, same.Share());
    }

    /// <summary>Adds to the gradient.</summary>
    /// <param name="gradient">What is added, which the image owns from now on.</param>
    public void AddGradient(Tensor gradient)
    {
        if (!wantsGradient)
        {
            gradient.Dispose();
        }
        else if (_gradient is null)
        {
            _gradient = gradient;
        }
        else
        {
            using Tensor first = _gradient;
            using Tensor second = gradient;
            _gradient = first.Plus(second).DetachFromDisposeScope();
        }
    }

    /// <summary>Returns the gradient, which the caller owns; null if the loss does not depend on the image.</summary>
    public Tensor? TakeGradient()
    {
        Tensor? gradient = _gradient;
        _gradient = null;
        return gradient;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        _gradient?.Dispose();
        memory?.Release();
        memory = null;
    }

    private ImageMemory? Share() => memory?.Share();
}
