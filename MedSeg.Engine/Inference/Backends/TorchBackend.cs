using System.Runtime.InteropServices;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Network.Cpu;
using MedSeg.Network;
using MedSeg.Network.Definition;
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
    public TorchBackend(SegmentationModel model, string device)
    {
        _device = DeviceSelection.Resolve(device);
        _network = SegmentationNetworks.Create(model.Architecture, _device);
        _network.Parameters.Load(model.Tensors, model.Path);
        _network.KeepWeights();
    }

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
