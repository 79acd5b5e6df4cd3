using System.Diagnostics;
using MedSeg.Augmentation;
using MedSeg.Interchange;
using MedSeg.Network;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>Trains a network: run, epoch, step.</summary>
public sealed class Trainer
{
    private readonly Dataset _dataset;
    private readonly TrainingOptions _options;
    private readonly TrainingRun _run;
    private readonly Dataset? _validation;

    /// <summary>Initializes a new instance of the <see cref="Trainer"/> class.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">The settings.</param>
    /// <param name="run">Where to write and how to start.</param>
    /// <param name="validation">Samples to validate on, in place of a share of <paramref name="dataset"/>; or null.</param>
    public Trainer(Dataset dataset, TrainingOptions options, TrainingRun run, Dataset? validation = null)
    {
        _dataset = dataset;
        _options = options;
        _run = run;
        _validation = validation;
    }

    /// <summary>Trains, handing out a record when each epoch ends. A run that is cancelled, or whose consumer leaves, finishes its step and saves a checkpoint.</summary>
    /// <param name="observer">Is told how the run goes, or null. An exception of its own ends the run without a checkpoint of the epoch.</param>
    /// <param name="cancellationToken">Stops the run after the step.</param>
    /// <returns>The records of the epochs that this call trained.</returns>
    /// <exception cref="MedSegException">The run cannot start, or the loss is no number any more.</exception>
    public IEnumerable<EpochRecord> Run(TrainingObserver? observer, CancellationToken cancellationToken)
    {
        PatientSplit split = Split();
        torch.Device device = DeviceSelection.Resolve(_run.Device);
        RefuseToOverwrite();
        using var network = new PyramidNetwork(Form(), device);
        using var optimizer = new AdamOptimizer(network.Parameters);
        Checkpoint state = Start(network, optimizer);
        var source = new BatchSource(split.Training, _dataset.InputSize, _options);
        Tell(observer, split, state, network, source, device);
        var memory = new MemoryPeak(device.type == DeviceType.CUDA ? device.index : null, Devices.NvidiaDriver.Read);
        bool unsaved = false;
        try
        {
            while (state.Epoch < _options.Epochs)
            {
                long started = Stopwatch.GetTimestamp();
                int firstStep = state.StepInEpoch;

                // Within an epoch the weights are ahead of the state: an error there must not save the two together.
                unsaved = false;
                state = TrainEpoch(state, network, optimizer, source, device, observer?.Progress, cancellationToken);
                unsaved = true;
                if (state.StepInEpoch < source.StepsPerEpoch)
                {
                    yield break;
                }

                double trained = Stopwatch.GetElapsedTime(started).TotalSeconds;
                int slices = split.Training.Count - (firstStep * _options.BatchSize);
                EpochRecord record = Describe(state, split, network, device) with
                {
                    SlicesPerSecond = slices / trained,
                    Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
                    PeakMemory = memory.Sample(),
                };
                state = state with { Epoch = record.Epoch, StepInEpoch = 0, LossSum = 0, History = [.. state.History, record] };
                record = Save(record, state, network, optimizer);
                unsaved = record.CheckpointPath is null;
                yield return record;
            }
        }
        finally
        {
            // Runs too where the consumer leaves at a record, as PowerShell does when a pipeline is stopped.
            if (unsaved)
            {
                state.Write(_run.CheckpointPath, network.Parameters, optimizer);
            }
        }
    }

    private PatientSplit Split()
    {
        if (_validation is null)
        {
            return PatientSplit.Create(_dataset, _options.ValidationFraction, _options.Seed);
        }

        return _options.ValidationFraction > 0
            ? throw new MedSegException(ErrorKind.InvalidArgument, "ValidationTwice", "A validation data set and a validation fraction were given; give one of them.")
            : PatientSplit.Create(_dataset, _validation);
    }

    private NetworkOptions Form()
    {
        NetworkOptions form = NetworkOptions.Published(_dataset.InputSize, _dataset.LabelNames.Count) with { DropoutRate = _options.DropoutRate };
        return _options.BaseWidth > 0 ? form with { BaseWidth = _options.BaseWidth } : form;
    }

    private void Tell(TrainingObserver? observer, PatientSplit split, Checkpoint state, PyramidNetwork network, BatchSource source, torch.Device device)
    {
        Action<string>? decision = observer?.Decision;
        decision?.Invoke($"Device {device} (asked for: {_run.Device}), {torch.get_num_threads()} threads.");
        decision?.Invoke($"Training on {split.Training.Count} slices of {split.TrainingPatients} patients, validating on {split.Validation.Count} slices of {split.ValidationPatients} patients every {_options.ReportInterval} epochs.");
        decision?.Invoke($"Network of {network.Parameters.Values.NumberOfElements:N0} parameters for {network.Options.InputSize} × {network.Options.InputSize} pixels and {network.Options.RoiCount} ROIs, base width {network.Options.BaseWidth}; {source.StepsPerEpoch} steps an epoch.");
        decision?.Invoke(state.Steps > 0
            ? $"Going on from {_run.CheckpointPath}: {state.Epoch} epochs and {state.StepInEpoch} steps are done."
            : $"Starting anew with seed {_options.Seed}; the model will be {_run.ModelPath}.");
        if (split.PatientsInBoth is > 0 and int patients)
        {
            observer?.Warning?.Invoke($"{patients} patients (by PatientID) are both in the training and in the validation data set: the validation Dice will be too good. Give each patient to one of them, or check whether anonymisation gave all patients the same ID.");
        }
    }

    private void RefuseToOverwrite()
    {
        bool goesOn = _run.Resume && File.Exists(_run.CheckpointPath);
        if (!_run.Force && !goesOn && (File.Exists(_run.ModelPath) || File.Exists(_run.CheckpointPath)))
        {
            throw new MedSegException(ErrorKind.AlreadyExists, "ModelExists", $"{_run.OutputPath}: there is a model or checkpoint named {_run.ModelName} already. Use -Resume to go on with it, -Force to replace it, or another -ModelName or -OutputPath.", _run.OutputPath);
        }

        string probe = Path.Combine(_run.OutputPath, _run.ModelName + ".write-test");
        Files.AtomicFile.Write(probe, _ => { });
        File.Delete(probe);
    }

    private Checkpoint Start(PyramidNetwork network, AdamOptimizer optimizer)
    {
        if (_run.Resume && File.Exists(_run.CheckpointPath))
        {
            (Checkpoint saved, SafetensorsFile file) = Checkpoint.Read(_run.CheckpointPath);
            if (saved.Options with { Epochs = _options.Epochs } != _options || !saved.LabelNames.SequenceEqual(_dataset.LabelNames) || saved.InputSize != _dataset.InputSize)
            {
                throw new MedSegException(ErrorKind.InvalidArgument, "ResumeMismatch", $"{_run.CheckpointPath}: the checkpoint was made with other options or another data set. Give the same as before, or start anew with -Force.", _run.CheckpointPath);
            }

            Checkpoint.Restore(file, _run.CheckpointPath, network.Parameters, optimizer);
            optimizer.Steps = saved.Steps;
            return saved with { Options = _options };
        }

        network.Parameters.Initialize(_options.Seed);
        return new Checkpoint
        {
            Epoch = 0,
            StepInEpoch = 0,
            LossSum = 0,
            Steps = 0,
            Options = _options,
            LabelNames = _dataset.LabelNames,
            InputSize = _dataset.InputSize,
            Normalization = _dataset.Normalization,
            ResizeMode = _dataset.ResizeMode,
            History = [],
        };
    }

    private Checkpoint TrainEpoch(Checkpoint state, PyramidNetwork network, AdamOptimizer optimizer, BatchSource source, torch.Device device, Action<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        int epoch = state.Epoch + 1;
        int step = state.StepInEpoch;
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor lossSum = torch.tensor(state.LossSum, torch.ScalarType.Float64).to(device);
        while (step < source.StepsPerEpoch && !cancellationToken.IsCancellationRequested)
        {
            // Seeded by step, so that a run that goes on within an epoch draws what it would have drawn.
            network.Reseed(SampleRandom.Mix((ulong)_options.Seed ^ SampleRandom.Mix(((ulong)epoch << 32) | (uint)step)));
            (float[] images, byte[] labels, int count) = source.Make(epoch, step);
            TrainStep(network, optimizer, images, labels, count, _options.LearningRateAt(epoch), lossSum, device);
            step++;
            progress?.Invoke(new TrainingProgress(epoch, _options.Epochs, step, source.StepsPerEpoch));
        }

        double sum = lossSum.item<double>();
        return double.IsFinite(sum)
            ? state with { StepInEpoch = step, LossSum = sum, Steps = optimizer.Steps }
            : throw new MedSegException(ErrorKind.InvalidData, "LossNotFinite", $"The loss is no number any more in epoch {epoch}. Lower -LearningRate; the last checkpoint is untouched.");
    }

    /// <summary>Takes one step: forward, loss, backward, optimiser; the loss is added to a sum on the device.</summary>
    internal static void TrainStep(PyramidNetwork network, AdamOptimizer optimizer, float[] images, byte[] labels, int count, double learningRate, torch.Tensor lossSum, torch.Device device)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        (torch.Tensor image, torch.Tensor label) = BatchSource.ToTensors(images, labels, count, network.Options.InputSize, device);
        optimizer.ZeroGradients();
        (torch.Tensor stage1, torch.Tensor stage2) = network.Forward(image, training: true);
        torch.Tensor loss = DiceLoss.Compute(stage1, stage2, label);
        loss.backward();
        optimizer.Step(learningRate);
        lossSum.add_(loss.detach().to(torch.ScalarType.Float64), alpha: count);
    }

    private EpochRecord Describe(Checkpoint state, PatientSplit split, PyramidNetwork network, torch.Device device)
    {
        int epoch = state.Epoch + 1;
        double loss = state.LossSum / split.Training.Count;
        bool validate = split.Validation.Count > 0 && (epoch % _options.ReportInterval == 0 || epoch == _options.Epochs);
        IReadOnlyList<RoiScore>? scores = validate ? Validator.Score(network, split.Validation, _dataset.LabelNames, _options.BatchSize, device) : null;
        return new EpochRecord
        {
            Epoch = epoch,
            Epochs = _options.Epochs,
            Loss = loss,
            Dice = DiceLoss.ToScore(loss),
            ValidationDice = scores?.Where(s => s.Slices > 0).Select(s => s.Dice).DefaultIfEmpty(0).Average(),
            ValidationDiceByRoi = scores,
            LearningRate = _options.LearningRateAt(epoch),
            SlicesPerSecond = 0,
            Seconds = 0,
            Device = device.ToString(),
        };
    }

    private EpochRecord Save(EpochRecord record, Checkpoint state, PyramidNetwork network, AdamOptimizer optimizer)
    {
        bool last = record.Epoch == _options.Epochs;
        if (last || record.Epoch % _options.CheckpointInterval == 0)
        {
            state.Write(_run.CheckpointPath, network.Parameters, optimizer);
            record = record with { CheckpointPath = _run.CheckpointPath };
        }

        if (last)
        {
            state.Write(_run.ModelPath, network.Parameters, optimizer);
            record = record with { ModelPath = _run.ModelPath };
        }

        return record;
    }
}
