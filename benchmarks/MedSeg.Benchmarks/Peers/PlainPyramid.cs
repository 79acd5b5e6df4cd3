using static TorchSharp.torch;

namespace MedSeg.Benchmarks.Peers;

/// <summary>The published network as users of TorchSharp would write it: modules of torch's operations, differentiated by autograd.</summary>
internal sealed class PlainPyramid : nn.Module<Tensor, (Tensor First, Tensor Second)>
{
    private readonly int _size;
    private readonly PlainPrecision _precision;
    private readonly PlainStage _first;
    private readonly PlainStage _second;

    /// <summary>Initializes a new instance of the <see cref="PlainPyramid"/> class with torch's initial values.</summary>
    /// <param name="size">The side S of the input.</param>
    /// <param name="rois">The number K of ROIs.</param>
    /// <param name="precision">The layout and the precision.</param>
    public PlainPyramid(int size, int rois, PlainPrecision precision)
        : base(nameof(PlainPyramid))
    {
        (_size, _precision) = (size, precision);
        _first = new PlainStage(1, rois + 1, size / 16, precision);
        _second = new PlainStage(rois + 2, rois + 1, size / 16, precision);
        register_module("stage1", _first);
        register_module("stage2", _second);
    }

    /// <inheritdoc/>
    public override (Tensor First, Tensor Second) forward(Tensor input)
    {
        Tensor image = _precision.ToLayout(input);
        Tensor first = Resize(_first.call(Resize(image, _size / 2)), _size);
        return (first, _second.call(cat([first, image], 1)));
    }

    private static Tensor Resize(Tensor x, int side) => nn.functional.interpolate(x, [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
}
