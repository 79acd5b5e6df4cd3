using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedSeg.Benchmarks.Peers;

/// <summary>A convolution by torch, in a memory layout and a precision that TorchSharp's own modules cannot be asked for.</summary>
internal sealed class PlainConvolution : nn.Module<Tensor, Tensor>
{
    private readonly PlainPrecision _precision;
    private readonly (long Stride, long Dilation) _steps;
    private readonly bool _isTransposed;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    private PlainConvolution(nn.Module initial, Parameter weight, Parameter bias, PlainPrecision precision, (long Stride, long Dilation) steps, bool isTransposed)
        : base(nameof(PlainConvolution))
    {
        (_precision, _steps, _isTransposed) = (precision, steps, isTransposed);
        using (initial)
        using (no_grad())
        {
            _weight = new Parameter(precision.ToLayout(weight.detach()).clone());
            _bias = new Parameter(bias.detach().clone());
        }

        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
    }

    /// <summary>Creates a convolution with torch's initial values, whose padding keeps the size of a 3×3 kernel's images.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="side">The height and width of the kernel.</param>
    /// <param name="stride">The stride.</param>
    /// <param name="dilation">The dilation.</param>
    /// <param name="precision">The layout and the precision.</param>
    public static PlainConvolution Create(int inputs, int outputs, int side, int stride, int dilation, PlainPrecision precision)
    {
        Conv2d initial = nn.Conv2d(inputs, outputs, side);
        return new PlainConvolution(initial, initial.weight, initial.bias!, precision, (stride, dilation), isTransposed: false);
    }

    /// <summary>Creates a transposed convolution of 2×2 with stride 2, with torch's initial values.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="precision">The layout and the precision.</param>
    public static PlainConvolution CreateTransposed(int inputs, int outputs, PlainPrecision precision)
    {
        ConvTranspose2d initial = nn.ConvTranspose2d(inputs, outputs, 2, stride: 2);
        return new PlainConvolution(initial, initial.weight, initial.bias!, precision, (2, 1), isTransposed: true);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        (Tensor x, Tensor weight, Tensor bias) = (_precision.Narrow(input), _precision.Narrow(_weight), _precision.Narrow(_bias));
        long padding = weight.shape[2] == 3 ? _steps.Dilation : 0;
        Tensor y = _isTransposed
            ? nn.functional.conv_transpose2d(x, weight, bias, strides: [_steps.Stride, _steps.Stride])
            : nn.functional.conv2d(x, weight, bias, [_steps.Stride, _steps.Stride], [padding, padding], [_steps.Dilation, _steps.Dilation]);
        return _precision.Widen(y);
    }
}
