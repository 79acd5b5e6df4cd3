using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>A convolution by <see cref="ConvolutionKernel"/>.</summary>
internal sealed unsafe class KernelConvolution : Convolution
{
    private readonly LayerParameters _layer;
    private readonly Tensor _x;
    private readonly ConvolutionForm _form;
    private readonly bool _isTransposed;
    private readonly bool _wantsInput;

    /// <summary>Initializes a new instance of the <see cref="KernelConvolution"/> class; see <see cref="Convolution.Compute"/>.</summary>
    public KernelConvolution(in LayerParameters layer, Tensor x, in ConvolutionForm form, bool isTransposed, bool wantsInput, Activation? activation = null)
    {
        (_layer, _x, _form, _isTransposed, _wantsInput) = (layer, x, form, isTransposed, wantsInput);
        IsActivated = activation is not null;
        using PixelRows rows = PixelRows.Of(x);
        int outputs = (int)layer.Bias.shape[0];
        float* weights = TensorMemory.Weights(layer.Weight);
        float* bias = TensorMemory.Start(layer.Bias);
        if (isTransposed)
        {
            Values = PixelRows.Empty(rows.Images, rows.Height * form.Stride, rows.Width * form.Stride, outputs);
            ConvolutionKernel.ToFine(rows, weights, bias, form, Values, activation);
        }
        else
        {
            Values = PixelRows.Empty(rows.Images, form.Coarse(rows.Height), form.Coarse(rows.Width), outputs);
            ConvolutionKernel.ToCoarse(rows, weights, bias, form, Values, activation);
        }
    }

    /// <inheritdoc/>
    public override PixelRows Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated { get; }

    /// <inheritdoc/>
    public override bool LeavesBias => true;

    /// <inheritdoc/>
    public override Tensor? Backward(PixelRows gradient)
    {
        using PixelRows x = PixelRows.Of(_x);
        (PixelRows coarse, PixelRows fine) = _isTransposed ? (x, gradient) : (gradient, x);
        WeightGradientKernel.Add(coarse, fine, _form, TensorMemory.Weights(_layer.Weight.grad!));
        if (!_wantsInput)
        {
            return null;
        }

        using PixelRows back = PixelRows.Empty(x.Images, x.Height, x.Width, x.Channels);
        float* weights = TensorMemory.Weights(_layer.Weight);
        if (_isTransposed)
        {
            ConvolutionKernel.ToCoarse(gradient, weights, bias: null, _form, back);
        }
        else
        {
            ConvolutionKernel.ToFine(gradient, weights, bias: null, _form, back);
        }

        return back.ToImage();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The images and the parameters are others'.
    }
}
