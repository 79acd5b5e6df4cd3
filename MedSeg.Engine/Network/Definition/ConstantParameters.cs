using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Definition;

/// <summary>
/// Parameters of layers that are not trained: the zero bias of a convolution that is normalized, the slope of leaky ReLU, and the slope 1
/// of a layer without activation. Layers add gradients to them that nobody reads.
/// </summary>
/// <param name="device">The device of the network.</param>
internal sealed class ConstantParameters(Device device) : IDisposable
{
    private readonly Dictionary<(double Value, long Length), Tensor> _constants = [];

    /// <summary>Returns a parameter.</summary>
    /// <param name="value">Each of its values.</param>
    /// <param name="length">The number of values.</param>
    public Tensor Get(double value, long length)
    {
        if (!_constants.TryGetValue((value, length), out Tensor? constant))
        {
            using IDisposable noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            constant = zeros(length, ScalarType.Float32, device);
            constant.Fill(value);
            constant.grad = zeros(length, ScalarType.Float32, device);
            _constants.Add((value, length), constant.DetachFromDisposeScope());
        }

        return constant;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor constant in _constants.Values)
        {
            constant.Dispose();
        }
    }
}
