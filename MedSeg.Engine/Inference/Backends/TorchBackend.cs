using System.Runtime.InteropServices;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Network.Cpu;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Inference.Backends;

/// <summary>Runs the network with torch.</summary>
internal sealed class TorchBackend : ISegmentationBackend
{
    private readonly torch.Device _device;
    private readonly SegmentationNetwork _network;

    /// <summary>Initializes a new instance of the <see cref="TorchBackend"/> class, and loads torch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">auto, cpu, cuda or cuda:n.</param>
    /// <param name="precision">The precision.</param>
    /// <param name="warn">Receives a warning where the precision is slow, or null.</param>
    public TorchBackend(SegmentationModel model, string device, Precision precision = Precision.Float32, Action<string>? warn = null)
    {
        _device = DeviceSelection.Resolve(device);
        Precision = PrecisionChoice.Settle(precision, [_device], model.Architecture.InputSize, warn);
        _network = SegmentationNetworks.Create(model.Architecture, _device, NarrowOperations.For(Precision));
        _network.Parameters.Load(model.Tensors, model.Path);
        _network.KeepWeights();
    }

    /// <summary>Gets the precision, which is not Auto.</summary>
    public Precision Precision { get; }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        (int channels, int size) = (_network.Options.Channels, _network.Options.InputSize);
        try
        {
            using IDisposable noGradient = torch.no_grad();
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor input = torch.tensor(images[..(count * channels * size * size)].ToArray(), [count, channels, size, size]).to(_device);
            torch.Tensor output = _network.Predict(input).cpu().contiguous();
            TensorMemory.Of(output).CopyTo(probabilities);
        }
        catch (Exception e) when (TorchErrors.IsOutOfMemory(e))
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.OutOfMemory, $"Out of memory while segmenting a batch of {count} slices.", null, e) { Advice = "Use a smaller -BatchSize, or close other programs." };
        }
        catch (ExternalException e)
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.TorchFailed, $"torch failed while segmenting: {TorchErrors.FirstLine(e.Message)}", null, e)
            {
                Advice = "Update the GPU driver, or use -Device Cpu.",
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        ScratchMemory.Release();
    }
}
