using MedSeg.Network;
using MedSeg.Network.Losses;
using MedSeg.Tensors;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>
/// The same network on several devices, of which each computes its share of every batch. The probabilities of all shares come
/// together on the first device, and the loss is computed there of the whole batch: so it is the same, and so are the gradients
/// once they are added up, also for a loss that does not part into those of single slices, as batch Dice. Only dropout
/// draws other numbers than on one device.
/// </summary>
internal sealed class DataParallel : IDisposable
{
    private readonly IReadOnlyList<torch.Device> _devices;
    private readonly PyramidNetwork[] _networks;

    /// <summary>Initializes a new instance of the <see cref="DataParallel"/> class.</summary>
    /// <param name="first">The network whose weights count, on the first of the devices; it stays the caller's.</param>
    /// <param name="devices">The devices.</param>
    public DataParallel(PyramidNetwork first, IReadOnlyList<torch.Device> devices)
    {
        _devices = devices;
        _networks = [first, .. devices.Skip(1).Select(device => new PyramidNetwork(first.Options, device))];
    }

    private NetworkParameters First => _networks[0].Parameters;

    private IEnumerable<NetworkParameters> Others => _networks.Skip(1).Select(network => network.Parameters);

    /// <summary>Seeds what dropout draws next, for each device otherwise.</summary>
    /// <param name="seed">Any number.</param>
    public void Reseed(ulong seed)
    {
        for (int i = 0; i < _networks.Length; i++)
        {
            _networks[i].Reseed(i == 0 ? seed : SampleRandom.Mix(seed + (ulong)i));
        }
    }

    /// <summary>Takes one step, as <see cref="TrainingSession"/> does on one device.</summary>
    /// <param name="optimizer">The optimiser of the first network.</param>
    /// <param name="image">The intensities on the first device, [B, 1, S, S] float32.</param>
    /// <param name="label">The ROI numbers on the first device, [B, S, S] uint8.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The loss and the published Dice loss, [2] float64, on the first device.</returns>
    public torch.Tensor TrainStep(AdamOptimizer optimizer, torch.Tensor image, torch.Tensor label, double learningRate, TrainingOptions options)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        CopyWeights();
        optimizer.ZeroGradients();
        (torch.Tensor stage1, torch.Tensor stage2) = Forward(image, (int)image.shape[0]);
        (torch.Tensor loss, torch.Tensor dice) = SegmentationLoss.Compute(options.Loss, stage1, stage2, label);
        loss.backward();
        AddGradients();
        optimizer.Step(learningRate, options.GradientClip);
        return torch.stack([loss.detach(), dice]).to(torch.ScalarType.Float64).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PyramidNetwork other in _networks.Skip(1))
        {
            other.Dispose();
        }
    }

    // Before each step rather than after it: whatever changed the first one's weights meanwhile reaches the others.
    private void CopyWeights()
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (NetworkParameters other in Others)
        {
            other.Values.copy_(First.Values);
            other.Gradients.zero_();
        }
    }

    // The copies to the first device are part of what is differentiated, so gradients find the way back to each one's weights.
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
