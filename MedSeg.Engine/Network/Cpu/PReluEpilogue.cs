using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>The activation after a convolution: dropout(PReLU(x) + other).</summary>
/// <param name="layer">The layer with the slopes of PReLU.</param>
/// <param name="other">The image to add, with C channels or one; null for none.</param>
/// <param name="mask">The dropout mask; null for none.</param>
internal sealed unsafe class PReluEpilogue(LayerPointers layer, ChannelsLastView? other, DropoutMask? mask)
{
    // With a smaller slope, x cannot be computed back accurately from the output of PReLU.
    private const float MinimumInvertibleSlope = 1e-3f;

    /// <summary>Gets the slopes, [C].</summary>
    public float* Slopes { get; } = layer.Slope;

    /// <summary>Gets the image to add, with C channels or one; null for none.</summary>
    public ChannelsLastView? Other { get; } = other;

    /// <summary>Gets the dropout mask; null for none.</summary>
    public DropoutMask? Mask { get; } = mask;

    /// <summary>Returns whether the values of the convolution can be computed back from the result.</summary>
    public bool IsInvertible() =>
        new ReadOnlySpan<float>(Slopes, layer.Outputs).IndexOfAnyExceptInRange(MinimumInvertibleSlope, float.MaxValue) < 0;
}
