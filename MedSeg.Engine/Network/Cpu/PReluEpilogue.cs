using MedSeg.Network.Layers;
using MedSeg.Tensors;

namespace MedSeg.Network.Cpu;

/// <summary>What follows a convolution: dropout(PReLU(x) + other).</summary>
/// <param name="layer">Whose slopes PReLU has.</param>
/// <param name="other">What is added, of C channels or one; or null.</param>
/// <param name="mask">What is dropped, or null.</param>
internal sealed unsafe class PReluEpilogue(LayerParameters layer, ChannelsLastView? other, DropoutMask? mask)
{
    // Below it, a value cannot be told from what PReLU makes of it.
    private const float LeastInvertibleSlope = 1e-3f;

    /// <summary>Gets the slopes, [C].</summary>
    public float* Slopes { get; } = TensorMemory.Start(layer.Slope);

    /// <summary>Gets what is added, of C channels or one; or null.</summary>
    public ChannelsLastView? Other { get; } = other;

    /// <summary>Gets what is dropped, or null.</summary>
    public DropoutMask? Mask { get; } = mask;

    /// <summary>Tells whether the result shows what the convolution's values were.</summary>
    public bool IsInvertible() =>
        new ReadOnlySpan<float>(Slopes, (int)layer.Slope.shape[0]).IndexOfAnyExceptInRange(LeastInvertibleSlope, float.MaxValue) < 0;
}
