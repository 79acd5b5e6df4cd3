using static TorchSharp.torch;

namespace MedSeg.Benchmarks.Peers;

/// <summary>The memory layout of images and weights, and the precision of convolutions; everything else is float32.</summary>
/// <param name="layout">channels-first or channels-last.</param>
/// <param name="precision">float32 or bfloat16.</param>
internal sealed class PlainPrecision(string layout, string precision)
{
    private readonly bool _isLast = layout == "channels-last";
    private readonly bool _isNarrow = precision != PeerSettings.Float32;

    /// <summary>Reorders images or weights, [A, B, H, W], in memory. TorchSharp has no memory formats; torch recognizes them by the strides.</summary>
    /// <param name="values">The values.</param>
    public Tensor ToLayout(Tensor values) => _isLast ? values.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : values;

    /// <summary>Converts what a convolution reads.</summary>
    /// <param name="values">The values, float32.</param>
    public Tensor Narrow(Tensor values) => _isNarrow ? values.to_type(ScalarType.BFloat16) : values;

    /// <summary>Converts what a convolution has computed.</summary>
    /// <param name="values">The values.</param>
    public Tensor Widen(Tensor values) => _isNarrow ? values.to_type(ScalarType.Float32) : values;
}
