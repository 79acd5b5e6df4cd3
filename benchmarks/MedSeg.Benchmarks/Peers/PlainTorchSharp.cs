using MedSeg.Inference.Backends;
using MedSeg.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedSeg.Benchmarks.Peers;

/// <summary><see cref="PlainPyramid"/> in inference.</summary>
internal sealed class PlainTorchSharp : ISegmentationBackend
{
    private readonly PlainPyramid _network;
    private readonly int _size;

    /// <summary>Initializes a new instance of the <see cref="PlainTorchSharp"/> class and loads the weights.</summary>
    /// <param name="path">The path of a model of MedSeg.</param>
    /// <param name="precision">The layout and the precision.</param>
    public PlainTorchSharp(string path, PlainPrecision precision)
    {
        PlainTorch.Start();
        SegmentationModel model = SegmentationModel.Read(path);
        _size = model.Architecture.InputSize;
        _network = new PlainPyramid(_size, model.Architecture.RoiCount, precision);
        _network.eval();
        using IDisposable noGradient = no_grad();
        foreach ((string name, Parameter parameter) in _network.named_parameters())
        {
            using Tensor values = tensor(model.Tensors[name].AsFloats().ToArray(), parameter.shape);
            parameter.copy_(values);
        }
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        using IDisposable inference = inference_mode(true);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = tensor(images[..(count * _size * _size)].ToArray(), [count, 1, _size, _size]);
        TensorMemory.Of(_network.call(input).Second.contiguous()).CopyTo(probabilities);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
