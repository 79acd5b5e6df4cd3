using System.Diagnostics;
using System.Globalization;
using MedSeg.Data;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Network;
using MedSeg.Network.Losses;
using MedSeg.Tensors;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>A run that has started: epoch by epoch, step by step, with what it writes.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly Dataset _dataset;
    private readonly TrainingOptions _options;
    private readonly RunOptions _run;
    private readonly PatientSplit _split;
    private readonly torch.Device _device;
    private readonly string _deviceName;
    private readonly PyramidNetwork _network;
    private readonly DataParallel? _replicas;
    private readonly AdamOptimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly BatchPipeline _path;
    private readonly BatchSampler _source;
    private readonly CheckpointStore _store;
    private readonly RunLock _lock;
    private readonly TrainingObserver? _observer;
    private readonly TrainingSnapshot _snapshot;
    private readonly MemoryPeak _memory;
    private readonly RunLog _log;
    private readonly TensorBoardEvents? _tensorBoard;
    private Checkpoint _state;
    private RunStatus _status;
    private bool _isUnsaved;

    public TrainingSession(Dataset dataset, TrainingOptions options, RunOptions run, PatientSplit split, IReadOnlyList<torch.Device> devices, PyramidNetwork network, DataParallel? replicas, AdamOptimizer optimizer, WeightAverage? average, BatchPipeline path, CheckpointStore store, Checkpoint state, RunLock runLock, TrainingObserver? observer)
    {
        _dataset = dataset;
        _options = options;
        _run = run;
        _split = split;
        _device = devices[0];
        _deviceName = string.Join(',', devices);
        _network = network;
        _replicas = replicas;
        _optimizer = optimizer;
        _average = average;
        _path = path;
        _source = path.Source;
        _store = store;
        _state = state;
        _lock = runLock;
        _observer = observer;
        _snapshot = new TrainingSnapshot(network.Parameters, optimizer, average);
        _memory = new MemoryPeak(_device.type == DeviceType.CUDA ? _device.index : null, NvidiaDriver.Read);
        _log = new RunLog(run.LogPath);
        _tensorBoard = run.TensorBoard ? new TensorBoardEvents(run.TensorBoardPath) : null;
        _status = RunStatus.Start(options.Epochs) with { Epoch = state.Epoch, BestDice = state.History.Max(r => r.ValidationDice) };
        _log.Start(state, run, _deviceName);
        _status.TryWrite(run.StatusPath);
    }

    /// <summary>Trains an epoch.</summary>
    /// <returns>Its record; null where all are done or the run was stopped.</returns>
    /// <exception cref="MedSegException">The run failed; the last checkpoint is whole.</exception>
    public EpochRecord? Next(CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            // A process that ends between the last checkpoint and the model leaves the one without the other.
            if (!File.Exists(_run.ModelPath))
            {
                AtomicFile.Write(_run.ModelPath, Model().Write);
            }

            return null;
        }

        long started = Stopwatch.GetTimestamp();
        int firstStep = _state.StepInEpoch;
        Checkpoint before = _state;
        try
        {
            _snapshot.Take();
            _state = TrainEpoch(cancellationToken);
            _isUnsaved = true;
            if (_state.StepInEpoch < _source.StepsPerEpoch)
            {
                return null;
            }

            double trained = Stopwatch.GetElapsedTime(started).TotalSeconds;
            int slices = _split.Training.Count - (firstStep * _options.BatchSize);
            EpochRecord record = Describe() with
            {
                SlicesPerSecond = slices / trained,
                Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
                PeakMemory = _memory.Sample(),
            };
            _state = _state with { Epoch = record.Epoch, StepInEpoch = 0, LossSum = 0, DiceLossSum = 0, History = [.. _state.History, record] };
            record = Save(record);
            Note(record);
            return record;
        }
        catch (Exception e)
        {
            MedSegException? explained = TorchErrors.Explain(e, _options.BatchSize);
            Fail(before, explained ?? e);
            if (explained is not null)
            {
                throw explained;
            }

            throw;
        }
    }

    /// <summary>Takes one step: forward, loss, backward, optimiser. Nothing waits for the device.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimizer">Its optimiser.</param>
    /// <param name="image">The intensities, [B, 1, S, S] float32.</param>
    /// <param name="label">The ROI numbers, [B, S, S] uint8.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The loss and the published Dice loss, [2] float64, on the device.</returns>
    internal static torch.Tensor TrainStep(PyramidNetwork network, AdamOptimizer optimizer, torch.Tensor image, torch.Tensor label, double learningRate, TrainingOptions options)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        optimizer.ZeroGradients();
        using TrainingPass pass = network.Train(image);
        (torch.Tensor loss, torch.Tensor dice) = SegmentationLoss.Compute(options.Loss, pass.Stage1, pass.Stage2, label);
        pass.Backward(loss);
        optimizer.Step(learningRate, options.GradientClip);
        return torch.stack([loss.detach(), dice]).to(torch.ScalarType.Float64).MoveToOuterDisposeScope();
    }

    /// <summary>Ends the run: what is not saved yet is, and the files tell how it ended.</summary>
    public void Dispose()
    {
        try
        {
            if (_isUnsaved)
            {
                _store.Write(_state, _network.Parameters, _optimizer, _average);
            }
        }
        finally
        {
            if (_status.State == RunState.Running)
            {
                End(IsDone ? RunState.Finished : RunState.Interrupted, null);
            }

            _tensorBoard?.Dispose();
            _snapshot.Dispose();
            _path.Dispose();
            _average?.Dispose();
            _optimizer.Dispose();
            _replicas?.Dispose();
            _network.Dispose();
            TorchSettings.GiveMemoryBack();
            _lock.Dispose();
        }
    }

    private Checkpoint TrainEpoch(CancellationToken cancellationToken)
    {
        int epoch = _state.Epoch + 1;
        int step = _state.StepInEpoch;
        using DisposeScope scope = torch.NewDisposeScope();
        using var feed = new BatchPrefetcher(_path, epoch, step);
        var losses = new List<torch.Tensor>();
        while (step < _source.StepsPerEpoch && !cancellationToken.IsCancellationRequested)
        {
            losses.Add(Step(feed, epoch, step));
            _average?.Update(_optimizer.Steps);
            step++;
            _observer?.Progress?.Invoke(new TrainingProgress(epoch, _options.Epochs, step, _source.StepsPerEpoch));
        }

        // The one copy to the host in an epoch: loss and Dice loss of each step.
        double[] values = losses.Count == 0 ? [] : [.. torch.stack(losses).cpu().data<double>()];
        double sum = _state.LossSum;
        double diceSum = _state.DiceLossSum;
        for (int i = 0; i < losses.Count; i++)
        {
            int at = _state.StepInEpoch + i;
            if (!double.IsFinite(values[2 * i]))
            {
                throw NotFinite(epoch, at);
            }

            sum += values[2 * i] * _source.CountAt(at);
            diceSum += values[(2 * i) + 1] * _source.CountAt(at);
        }

        return _state with { StepInEpoch = step, LossSum = sum, DiceLossSum = diceSum, Steps = _optimizer.Steps };
    }

    private torch.Tensor Step(BatchPrefetcher feed, int epoch, int step)
    {
        using DisposeScope scope = torch.NewDisposeScope();

        // Seeded by step, so that a run that goes on within an epoch draws what it would have drawn.
        ulong seed = SampleRandom.Mix((ulong)_options.Seed ^ SampleRandom.Mix(((ulong)epoch << 32) | (uint)step));
        Reseed(seed);
        (torch.Tensor images, torch.Tensor labels) = feed.Next(SampleRandom.Mix(seed));
        double learningRate = _options.LearningRateAt(epoch);
        torch.Tensor losses = _replicas?.TrainStep(_optimizer, images, labels, learningRate, _options) ?? TrainStep(_network, _optimizer, images, labels, learningRate, _options);
        return losses.MoveToOuterDisposeScope();
    }

    private void Reseed(ulong seed)
    {
        if (_replicas is null)
        {
            _network.Reseed(seed);
        }
        else
        {
            _replicas.Reseed(seed);
        }
    }

    // With patience, training ends when the best validation is that many epochs ago.
    private bool IsDone => _state.Epoch >= _options.Epochs || (_options.Patience > 0 && _state.History.Any(r => r.ValidationDice is not null)
        && _state.Epoch - _state.History.Where(r => r.ValidationDice is not null).MaxBy(r => r.ValidationDice)!.Epoch >= _options.Patience);

    private MedSegException NotFinite(int epoch, int step)
    {
        string files = string.Join(", ", _source.SamplesAt(epoch, step).Select(s => Path.GetFileName(s.ImagePath) ?? s.Name));
        return new MedSegException(ErrorKind.InvalidData, "LossNotFinite", string.Create(CultureInfo.InvariantCulture, $"The loss is no number any more at step {step + 1} of epoch {epoch}, with the slices {files}. Start anew with a lower -LearningRate (it was {_options.LearningRateAt(epoch):G3}); if it happens at the same slices again, look at these. The last checkpoint is of before."));
    }

    private EpochRecord Describe()
    {
        int epoch = _state.Epoch + 1;
        double loss = _state.LossSum / _split.Training.Count;
        bool validate = _split.Validation.Count > 0 && (epoch % _options.ReportInterval == 0 || epoch == _options.Epochs);
        IReadOnlyList<RoiScore>? scores = validate ? Validate() : null;
        return new EpochRecord
        {
            Epoch = epoch,
            Epochs = _options.Epochs,
            Loss = loss,
            Dice = DiceLoss.ToScore(_state.DiceLossSum / _split.Training.Count),
            ValidationDice = scores?.Where(s => s.Slices > 0).Select(s => s.Dice).DefaultIfEmpty(0).Average(),
            ValidationDiceByRoi = scores,
            LearningRate = _options.LearningRateAt(epoch),
            SlicesPerSecond = 0,
            Seconds = 0,
            Device = _deviceName,
        };
    }

    private IReadOnlyList<RoiScore> Validate()
    {
        using IDisposable? averaged = _average?.Use();
        return ValidationScorer.Score(_network, _split.Validation, _dataset.LabelNames, _options.BatchSize, _device, _path.Resident);
    }

    private EpochRecord Save(EpochRecord record)
    {
        bool isLast = IsDone;
        bool isDue = record.Epoch % _options.CheckpointInterval == 0 || DateTime.UtcNow - _store.Written >= _run.CheckpointTime;
        if (isLast || isDue || _store.IsBest(record))
        {
            _store.Write(_state, _network.Parameters, _optimizer, _average);
            _isUnsaved = false;
            record = record with { CheckpointPath = _run.CheckpointPath };
        }

        if (isLast)
        {
            AtomicFile.Write(_run.ModelPath, Model().Write);
            record = record with { ModelPath = _run.ModelPath };
        }

        return record;
    }

    // Whoever waits for a better epoch wants the best one; otherwise the last is the model, as published.
    private SafetensorsFile Model()
    {
        if (_options.Patience > 0 && File.Exists(_run.BestPath))
        {
            (Checkpoint best, SafetensorsFile file) = Checkpoint.Read(_run.BestPath);
            return best.ToModel(file);
        }

        return _state.ToModel(_network.Parameters, _average);
    }

    private void Note(EpochRecord record)
    {
        _log.Epoch(record);
        _tensorBoard?.Write(record.Epoch, Scalars(record));
        _status = _status with
        {
            Epoch = record.Epoch,
            Updated = DateTime.UtcNow,
            ValidationDice = record.ValidationDice ?? _status.ValidationDice,
            BestDice = record.ValidationDice is { } dice && !(dice <= _status.BestDice) ? dice : _status.BestDice,
        };
        _status.TryWrite(_run.StatusPath);
    }

    private static IEnumerable<KeyValuePair<string, double>> Scalars(EpochRecord record)
    {
        yield return new("loss/training", record.Loss);
        yield return new("dice/training", record.Dice);
        yield return new("learning rate", record.LearningRate);
        yield return new("slices per second", record.SlicesPerSecond);
        if (record.ValidationDice is { } dice)
        {
            yield return new("dice/validation", dice);
            foreach (RoiScore score in record.ValidationDiceByRoi!)
            {
                yield return new($"dice by ROI/{score.Name}", score.Dice);
            }
        }
    }

    // Within an epoch the weights are ahead of the state, or no numbers any more: what the epoch began with is saved.
    private void Fail(Checkpoint before, Exception error)
    {
        bool isWriting = error is MedSegException { Kind: ErrorKind.WriteFailed };
        _isUnsaved = false;
        if (!isWriting && ReferenceEquals(_state, before))
        {
            try
            {
                _snapshot.Restore();
                _store.Write(before, _network.Parameters, _optimizer, _average);
            }
            catch (Exception e) when (e is MedSegException or System.Runtime.InteropServices.ExternalException)
            {
                // What failed first is to be told. The checkpoint before is whole.
            }
        }

        End(RunState.Failed, error.Message);
    }

    private void End(RunState state, string? error)
    {
        _status = _status with { State = state, Error = error, Updated = DateTime.UtcNow };
        _status.TryWrite(_run.StatusPath);
        _log.End(state, error);
    }
}
