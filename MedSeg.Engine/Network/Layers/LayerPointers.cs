using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>
/// Where the parameters of a layer and their gradients are in memory. They do not move during the lifetime of a network, and asking torch in
/// each step takes longer than some of the convolutions.
/// </summary>
internal sealed unsafe class LayerPointers
{
    /// <summary>Initializes a new instance of the <see cref="LayerPointers"/> class.</summary>
    /// <param name="layer">The parameters, on the CPU.</param>
    public LayerPointers(LayerParameters layer)
    {
        Outputs = (int)layer.Bias.shape[0];
        Side = (int)layer.Weight.shape[2];
        Weight = TensorMemory.Weights(layer.Weight);
        WeightGradient = GradientOf(layer.Weight, TensorMemory.Weights);
        Bias = Start(layer.Bias);
        BiasGradient = Gradient(layer.Bias);
        Slope = Start(layer.Slope);
        SlopeGradient = Gradient(layer.Slope);
        Scale = Start(layer.Norm?.Scale);
        ScaleGradient = Gradient(layer.Norm?.Scale);
        Shift = Start(layer.Norm?.Shift);
        ShiftGradient = Gradient(layer.Norm?.Shift);
    }

    private delegate float* Address(Tensor values);

    /// <summary>Gets the number of channels of the result, O.</summary>
    public int Outputs { get; }

    /// <summary>Gets the height and width of the kernel.</summary>
    public int Side { get; }

    /// <summary>Gets the kernel, in memory order [O, h, w, C].</summary>
    public float* Weight { get; }

    /// <summary>Gets the gradient of the kernel; null if there is none.</summary>
    public float* WeightGradient { get; }

    /// <summary>Gets the bias, [O].</summary>
    public float* Bias { get; }

    /// <summary>Gets the gradient of the bias; null if there is none.</summary>
    public float* BiasGradient { get; }

    /// <summary>Gets the PReLU factors, [O]; null for no activation.</summary>
    public float* Slope { get; }

    /// <summary>Gets the gradient of the PReLU factors; null if there is none.</summary>
    public float* SlopeGradient { get; }

    /// <summary>Gets the factors of normalized values, [O]; null for no normalization.</summary>
    public float* Scale { get; }

    /// <summary>Gets the gradient of <see cref="Scale"/>; null if there is none.</summary>
    public float* ScaleGradient { get; }

    /// <summary>Gets what is added to normalized values, [O]; null for no normalization.</summary>
    public float* Shift { get; }

    /// <summary>Gets the gradient of <see cref="Shift"/>; null if there is none.</summary>
    public float* ShiftGradient { get; }

    private static float* Start(Tensor? values) => values is null ? null : TensorMemory.Start(values);

    private static float* Gradient(Tensor? values) => values is null ? null : GradientOf(values, TensorMemory.Start);

    private static float* GradientOf(Tensor values, Address address)
    {
        using Tensor? gradient = values.grad;
        return gradient is null ? null : address(gradient);
    }
}
