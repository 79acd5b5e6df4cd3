using MedSeg.Devices;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>
/// The same network on several devices; each computes its share of every batch. The probabilities are gathered on the first device,
/// which computes the loss of the whole batch. So the loss and the summed gradients are those of one device, even for a loss that is
/// not a sum over slices, such as batch Dice. Only dropout draws other numbers than on one device.
/// </summary>
internal sealed class DataParallel : IDisposable
{
    private readonly IReadOnlyList<torch.Device> _devices;
    private readonly SegmentationNetwork[] _networks;

    /// <summary>Initializes a new instance of the <see cref="DataParallel"/> class.</summary>
    /// <param name="first">The network whose weights are trained, on the first of the devices; the caller disposes of it.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="precision">The precision of the network.</param>
    public DataParallel(SegmentationNetwork first, IReadOnlyList<torch.Device> devices, Precision precision = Precision.Float32)
    {
        _devices = devices;
        _networks = [first, .. devices.Skip(1).Select(device => SegmentationNetworks.Create(first.Options, device, NarrowOperations.For(precision)))];
    }

    private NetworkParameters First => _networks[0].Parameters;

    private IEnumerable<NetworkParameters> Others => _networks.Skip(1).Select(network => network.Parameters);

    /// <summary>Seeds what dropout draws next, differently on each device.</summary>
    /// <param name="seed">Any number.</param>
    public void Reseed(ulong seed)
    {
        for (int i = 0; i < _networks.Length; i++)
        {
            _networks[i].Reseed(i == 0 ? seed : SampleRandom.Mix(seed + (ulong)i));
        }
    }

    /// <summary>Computes the probabilities of a batch, each device its share.</summary>
    /// <param name="image">The intensities on the first device, [B, 1, S, S] float32.</param>
    /// <returns>The probabilities on the first device; the backward pass adds the gradients of all devices up there.</returns>
    public TrainingPass Train(torch.Tensor image)
    {
        CopyWeights();
        return new TrainingPass(Forward(image, (int)image.shape[0]), AddGradients);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SegmentationNetwork other in _networks.Skip(1))
        {
            other.Dispose();
        }
    }

    // Before each step rather than after it, so that a restored checkpoint or snapshot reaches the other devices too.
    private void CopyWeights()
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (NetworkParameters other in Others)
        {
            other.Values.copy_(First.Values);
            other.Gradients.zero_();
        }
    }

    // The copies to the first device are part of the autograd graph, so each network receives its own gradients.
    private NetworkOutput[] Forward(torch.Tensor image, int count)
    {
        var shares = new List<IReadOnlyList<NetworkOutput>>();
        for (int i = 0, from = 0; i < _networks.Length && from < count; i++)
        {
            int share = (count - from + _networks.Length - i - 1) / (_networks.Length - i);
            shares.Add(_networks[i].Forward(image.narrow(0, from, share).to(_devices[i]), training: true));
            from += share;
        }

        return [.. shares[0].Select((output, i) => output with { Probabilities = torch.cat([.. shares.Select(share => share[i].Probabilities.to(_devices[0]))], 0) })];
    }

    private void AddGradients()
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (NetworkParameters other in Others)
        {
            First.Gradients.PlusInPlace(other.Gradients.to(_devices[0]), 1);
        }
    }
}
