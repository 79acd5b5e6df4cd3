using MedSeg.Network;
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
    private readonly PyramidNetwork[] _networks;

    /// <summary>Initializes a new instance of the <see cref="DataParallel"/> class.</summary>
    /// <param name="first">The network whose weights are trained, on the first of the devices; the caller disposes of it.</param>
    /// <param name="devices">The devices.</param>
    public DataParallel(PyramidNetwork first, IReadOnlyList<torch.Device> devices)
    {
        _devices = devices;
        _networks = [first, .. devices.Skip(1).Select(device => new PyramidNetwork(first.Options, device))];
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
        (torch.Tensor stage1, torch.Tensor stage2) = Forward(image, (int)image.shape[0]);
        return new TrainingPass(stage1, stage2, AddGradients);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PyramidNetwork other in _networks.Skip(1))
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
    private (torch.Tensor Stage1, torch.Tensor Stage2) Forward(torch.Tensor image, int count)
    {
        var first = new List<torch.Tensor>();
        var second = new List<torch.Tensor>();
        for (int i = 0, from = 0; i < _networks.Length && from < count; i++)
        {
            int share = (count - from + _networks.Length - i - 1) / (_networks.Length - i);
            (torch.Tensor stage1, torch.Tensor stage2) = _networks[i].Forward(image.narrow(0, from, share).to(_devices[i]), training: true);
            first.Add(stage1.to(_devices[0]));
            second.Add(stage2.to(_devices[0]));
            from += share;
        }

        return (torch.cat(first, 0), torch.cat(second, 0));
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
