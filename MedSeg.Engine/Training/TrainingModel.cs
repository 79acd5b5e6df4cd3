using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Cpu;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>
/// What a run changes step by step: the network, its replicas on further devices, the optimiser's moments and the average of the
/// weights. Owns all of them.
/// </summary>
internal sealed class TrainingModel : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly bool _hasIgnored;
    private readonly AdamOptimizer _optimizer;
    private readonly DataParallel? _replicas;
    private readonly WeightAverage? _average;
    private readonly SharedStep? _shared;
    private readonly GradientScaler? _scaler;
    private readonly IDisposable? _memory;
    private TrainingSnapshot? _snapshot;

    /// <summary>Initializes a new instance of the <see cref="TrainingModel"/> class; its weights are zero.</summary>
    /// <param name="plan">The form of the network, the options and the devices.</param>
    /// <param name="ranks">The ranks that share each batch; null for a process that trains alone.</param>
    public TrainingModel(TrainingPlan plan, RankGroup? ranks = null)
    {
        _options = plan.Options;
        _hasIgnored = plan.Split.Training.Any(s => s.IgnoredPixels > 0);
        Network = SegmentationNetworks.Create(plan.Architecture, plan.Device, NarrowOperations.For(_options.Precision));
        Network.SavesMemory = _options.SaveMemory;
        _memory = SavesBlocks(plan) ? TorchSettings.ReturnLargeBlocks() : null;
        try
        {
            _replicas = plan.Devices.Count > 1 ? new DataParallel(Network, plan.Devices, _options.Precision) : null;
            _optimizer = new AdamOptimizer(Network.Parameters);
            _average = _options.WeightAveraging > 0 ? new WeightAverage(Network.Parameters, _options.WeightAveraging) : null;
            _scaler = _options.Precision == Precision.Float16 ? new GradientScaler() : null;
            _shared = _options.Shares > 1 ? new SharedStep(Network, _optimizer, _options, _hasIgnored, ranks ?? RankGroup.Alone(), _scaler) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the network on the first device.</summary>
    public SegmentationNetwork Network { get; }

    // What a run changes: weights, moments and average.
    private torch.Tensor[] Tensors => [Network.Parameters.Values, _optimizer.FirstMoment, _optimizer.SecondMoment, .. _average is null ? (torch.Tensor[])[] : [_average.Values]];

    /// <summary>Gets the number of steps that the optimiser has taken.</summary>
    public long Steps => _optimizer.Steps;

    /// <summary>Gets what the loss is multiplied by; null where it is not scaled.</summary>
    public GradientScale? GradientScale => _scaler?.State;

    /// <summary>Takes a training step and updates the average of the weights.</summary>
    /// <param name="batches">Makes the batch.</param>
    /// <param name="prefetcher">Returns it.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="seed">Seeds what is drawn in the step.</param>
    /// <param name="wantsToStop">Whether this rank was asked to stop; all ranks finish the step first.</param>
    /// <returns>The loss, and the sum and the number of the Dice scores, [3] float64; null where no step was taken, because a rank has left.</returns>
    public torch.Tensor? Step(BatchPipeline batches, BatchPrefetcher prefetcher, int epoch, int step, ulong seed, bool wantsToStop)
    {
        if (_shared is null)
        {
            Reseed(seed);
            (torch.Tensor images, torch.Tensor labels) = prefetcher.Next(SampleRandom.Mix(seed));
            return Step(images, labels, _options.LearningRateAt(epoch), batches.Drawn(epoch, step));
        }

        torch.Tensor? losses = _shared.Take(batches, prefetcher, epoch, step, seed, wantsToStop);
        UpdateAverage(losses);
        return losses;
    }

    /// <summary>Copies the weights, moments and average of rank 0 to all ranks.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="state">The state of rank 0.</param>
    public void CopyFromFirst(RankGroup ranks, Checkpoint state)
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (torch.Tensor values in Tensors)
        {
            using torch.Tensor host = values.cpu();
            ranks.Broadcast(TensorMemory.Of(host));
            values.copy_(host);
        }

        SetCounters(state);
    }

    /// <summary>Seeds what dropout draws next.</summary>
    /// <param name="seed">Any number.</param>
    public void Reseed(ulong seed)
    {
        if (_replicas is null)
        {
            Network.Reseed(seed);
        }
        else
        {
            _replicas.Reseed(seed);
        }
    }

    /// <summary>Takes a training step and updates the average of the weights.</summary>
    /// <param name="images">The intensities on the first device, [B, 1, S, S] float32.</param>
    /// <param name="labels">The ROI numbers on the first device, [B, S, S] uint8.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="drawn">Ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32 on the first device; null if all were.</param>
    /// <returns>The loss, and the sum and the number of the Dice scores, [3] float64, on the first device.</returns>
    public torch.Tensor Step(torch.Tensor images, torch.Tensor labels, double learningRate, torch.Tensor? drawn = null)
    {
        torch.Tensor losses = TrainingStep.Take(_replicas is null ? Network.Train : _replicas.Train, _optimizer, images, labels, learningRate, _options, _hasIgnored, drawn, _scaler);
        UpdateAverage(losses);
        return losses;
    }

    /// <summary>Puts the averaged weights in place of the last ones until the returned object is disposed of.</summary>
    /// <returns>What restores the last weights; null where no average is kept.</returns>
    public IDisposable? UseAverage() => _average?.Use();

    /// <summary>
    /// Gets a value indicating whether the weights are always those of the last step whose loss was finite. On a GPU the loss is looked at after
    /// the epoch, unless shares of it are added up.
    /// </summary>
    public bool IsSound => _shared is not null || Network.Parameters.Values.device_type == DeviceType.CPU;

    /// <summary>Notes the weights and moments, for <see cref="Rewind"/>, unless they are always sound.</summary>
    public void TakeSnapshot()
    {
        if (IsSound)
        {
            return;
        }

        _snapshot ??= new TrainingSnapshot(Network.Parameters, _optimizer, _average, _scaler);
        _snapshot.Take();
    }

    /// <summary>Says whether all weights and moments are finite: a loss can be finite, and its gradients not.</summary>
    public bool IsFinite()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        return Tensors.All(values => values.isfinite().all().cpu().item<bool>());
    }

    /// <summary>Restores the weights and moments of the last snapshot, if one was taken.</summary>
    public void Rewind() => _snapshot?.Restore();

    /// <summary>Restores the weights and moments of a checkpoint.</summary>
    /// <param name="state">The checkpoint's state.</param>
    /// <param name="file">Its tensors.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="Errors.FileFormatException">The tensors are not those of this network.</exception>
    public void Restore(Checkpoint state, SafetensorsFile file, string path)
    {
        Checkpoint.Restore(file, path, Network.Parameters, _optimizer, _average);
        SetCounters(state);
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="store">The run's checkpoints.</param>
    /// <param name="state">The state to which the weights belong.</param>
    public void Save(CheckpointStore store, Checkpoint state) => store.Write(state, Network.Parameters, _optimizer, _average);

    /// <summary>Makes the content of the trained model: the averaged weights where an average is kept, or else the last ones.</summary>
    /// <param name="state">The state to which the weights belong.</param>
    public SafetensorsContent ToModel(Checkpoint state) => state.ToModel(Network.Parameters, _average);

    private void UpdateAverage(torch.Tensor? losses)
    {
        if (losses is not null && !TrainingStep.IsLost(losses))
        {
            _average?.Update(_optimizer.Steps);
        }
    }

    private void SetCounters(Checkpoint state)
    {
        _optimizer.Steps = state.Steps;
        if (_scaler is not null)
        {
            _scaler.State = state.GradientScale ?? Optimization.GradientScale.Initial;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _snapshot?.Dispose();
        _average?.Dispose();
        _optimizer?.Dispose();
        _replicas?.Dispose();
        Network.Dispose();
        _memory?.Dispose();
        ScratchMemory.Release();
    }

    /// <summary>Returns whether -SaveMemory is about the blocks of torch's convolutions, which compute in bfloat16 on the CPU, and not about the images.</summary>
    /// <param name="plan">The options and the devices.</param>
    public static bool SavesBlocks(TrainingPlan plan) =>
        plan.Options is { SaveMemory: true, Precision: Precision.BFloat16 } && plan.Device.type == DeviceType.CPU && CpuFeatures.LeavesBFloat16ToTorch && OperatingSystem.IsLinux();

    /// <summary>Returns whether -SaveMemory is about the images, which MedSeg's own convolutions can compute again.</summary>
    /// <param name="plan">The options and the devices.</param>
    public static bool SavesImages(TrainingPlan plan) => plan.Options.SaveMemory && plan.Options.Precision switch
    {
        Precision.Float32 => true,
        Precision.BFloat16 => plan.Device.type == DeviceType.CPU && !CpuFeatures.LeavesBFloat16ToTorch,
        _ => false,
    };
}
