using System.Globalization;
using MedSeg.Data;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>Trains a network: checks what a run needs, starts it or lets it go on.</summary>
public sealed class Trainer
{
    private readonly Dataset _dataset;
    private readonly TrainingOptions _options;
    private readonly RunOptions _run;
    private readonly Dataset? _validation;

    /// <summary>Initializes a new instance of the <see cref="Trainer"/> class.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">The settings.</param>
    /// <param name="run">Where to write and how to start.</param>
    /// <param name="validation">Samples to validate on, in place of a share of <paramref name="dataset"/>; or null.</param>
    public Trainer(Dataset dataset, TrainingOptions options, RunOptions run, Dataset? validation = null)
    {
        _dataset = dataset;
        _options = options;
        _run = run;
        _validation = validation;
    }

    /// <summary>
    /// Trains, handing out a record when each epoch ends. A run that is cancelled, or whose consumer leaves, finishes its
    /// step and saves a checkpoint; one that fails within an epoch saves what was when the epoch began.
    /// </summary>
    /// <param name="observer">Is told how the run goes, or null.</param>
    /// <param name="cancellationToken">Stops the run after the step.</param>
    /// <returns>The records of the epochs that this call trained.</returns>
    /// <exception cref="MedSegException">
    /// The run cannot start, or failed: the loss is no number any more (<c>LossNotFinite</c>), memory ran out
    /// (<c>OutOfMemory</c>), torch cannot be loaded (<c>TorchNotLoaded</c>) or failed (<c>TorchFailed</c>), or a file cannot be written (<c>WriteFailed</c>).
    /// </exception>
    public IEnumerable<EpochRecord> Run(TrainingObserver? observer, CancellationToken cancellationToken)
    {
        TorchLibrary.Require();
        TorchSettings.AllowTF32(_run.AllowTF32);
        try
        {
            using TrainingSession session = Start(observer);

            // Runs too where the consumer leaves at a record, as PowerShell does when a pipeline is stopped.
            while (session.Next(cancellationToken) is { } record)
            {
                yield return record;
            }
        }
        finally
        {
            TorchSettings.AllowTF32(false);
        }
    }

    /// <summary>Finds the run of these options that is finished already.</summary>
    /// <returns>The state of its model; null where the run is to start anew, has no model, or is to have another number of epochs.</returns>
    /// <exception cref="MedSegException">The model was made with other options or data, or is damaged.</exception>
    internal Checkpoint? FindFinished()
    {
        if (!_run.Resume || !File.Exists(_run.ModelPath))
        {
            return null;
        }

        (Checkpoint saved, _) = Checkpoint.Read(_run.ModelPath);
        ResumeCheck.Require(saved, Beginning(Split()), _run.ModelPath);
        return saved.Options.Epochs == _options.Epochs ? saved : null;
    }

    /// <summary>Refuses a run whose files would replace those of another.</summary>
    /// <param name="run">Where to write and how to start.</param>
    /// <exception cref="MedSegException">There is a model or checkpoint (<c>ModelExists</c>), which the run neither may replace nor goes on from.</exception>
    internal static void RefuseToOverwrite(RunOptions run)
    {
        bool any = new CheckpointStore(run).Any;
        if (!run.Force && !(run.Resume && any) && (File.Exists(run.ModelPath) || any))
        {
            throw new MedSegException(ErrorKind.AlreadyExists, "ModelExists", $"{run.OutputPath}: there is a model or checkpoint named {run.ModelName} already. Use -Resume to go on with it, -Force to replace it, or another -ModelName or -OutputPath.", run.OutputPath);
        }
    }

    private TrainingSession Start(TrainingObserver? observer)
    {
        PatientSplit split = Split();
        if (_options.Patience > 0 && split.Validation.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "PatienceWithoutValidation", "-Patience waits for a better validation Dice, but nothing is held out. Give -ValidationFraction, -Folds or -ValidationDataset, too.");
        }

        IReadOnlyList<torch.Device> devices = DeviceSelection.ResolveAll(_run.Device);
        torch.Device device = devices[0];
        var runLock = RunLock.Take(_run);
        PyramidNetwork? network = null;
        DataParallel? replicas = null;
        AdamOptimizer? optimizer = null;
        WeightAverage? average = null;
        BatchPipeline? path = null;
        try
        {
            var store = new CheckpointStore(_run);
            RefuseToOverwrite(_run);
            AtomicFile.DeletePartial(_run.OutputPath, _run.ModelName + ".");
            network = new PyramidNetwork(_options.Architecture(_dataset.InputSize, _dataset.LabelNames.Count), device);
            replicas = devices.Count > 1 ? new DataParallel(network, devices) : null;
            optimizer = new AdamOptimizer(network.Parameters);
            average = _options.WeightAveraging > 0 ? new WeightAverage(network.Parameters, _options.WeightAveraging) : null;
            Checkpoint state = Start(network, optimizer, average, split, store, observer);
            var source = new BatchSampler(split.Training, _dataset.InputSize, _options.Batches);
            Tell(observer, split, state, network, source, devices);
            (long Needed, long Free)? memory = MemoryPreflight.For(device).Check(network, (Math.Min(_options.BatchSize, split.Training.Count) + devices.Count - 1) / devices.Count, device);
            if (memory is var (needed, free))
            {
                observer?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"A step takes about {needed / 1e9:0.00} GB more; {free / 1e9:0.0} GB are free."));
            }

            path = PathOf(source, split, device, memory, observer?.Decision);
            return new TrainingSession(_dataset, _options, _run, split, devices, network, replicas, optimizer, average, path, store, state, runLock, observer);
        }
        catch (Exception e)
        {
            path?.Dispose();
            average?.Dispose();
            optimizer?.Dispose();
            replicas?.Dispose();
            network?.Dispose();
            runLock.Dispose();
            if (TorchErrors.Explain(e, _options.BatchSize) is { } explained)
            {
                throw explained;
            }

            throw;
        }
    }

    private BatchPipeline PathOf(BatchSampler source, PatientSplit split, torch.Device device, (long Needed, long Free)? memory, Action<string>? decision)
    {
        if (_run.FreeForSlices is { } free)
        {
            memory = (0, free);
        }
        else if (device.type != DeviceType.CUDA)
        {
            return new BatchPipeline(source, _dataset.InputSize, device);
        }

        return BatchPipeline.ForCard(source, split, _dataset.InputSize, device, memory, decision);
    }

    private PatientSplit Split()
    {
        if (_validation is null)
        {
            return PatientSplit.Create(_dataset, _options.Split);
        }

        return _options.ValidationFraction > 0 || _options.Folds > 0 || _options.FoldPath is not null
            ? throw new MedSegException(ErrorKind.InvalidArgument, "ValidationTwice", "A validation data set was given, and a validation fraction or folds, too; give one of them.")
            : PatientSplit.Create(_dataset, _validation);
    }

    private void Tell(TrainingObserver? observer, PatientSplit split, Checkpoint state, PyramidNetwork network, BatchSampler source, IReadOnlyList<torch.Device> devices)
    {
        Action<string>? decision = observer?.Decision;
        decision?.Invoke($"Device {string.Join(" and ", devices)} (asked for: {_run.Device}), {CpuParallel.Threads} threads{(_run.AllowTF32 ? "; TF32 is allowed, which matters on cards alone" : string.Empty)}.");
        decision?.Invoke($"Training on {split.Training.Count} slices of {split.TrainingPatients} patients, validating on {split.Validation.Count} slices of {split.ValidationPatients} patients every {_options.ReportInterval} epochs.");
        decision?.Invoke($"Network of {network.Parameters.Values.NumberOfElements:N0} parameters for {network.Options.InputSize} × {network.Options.InputSize} pixels and {network.Options.RoiCount} ROIs, base width {network.Options.BaseWidth}; {source.StepsPerEpoch} steps an epoch.");
        decision?.Invoke(state.Steps > 0
            ? $"Going on with the run in {_run.OutputPath}: {state.Epoch} epochs and {state.StepInEpoch} steps are done."
            : $"Starting anew with seed {_options.Seed}; the model will be {_run.ModelPath}.");
        if (split.PatientsInBoth is > 0 and int patients)
        {
            observer?.Warning?.Invoke($"{patients} patients (by PatientID) are both in the training and in the validation data set: the validation Dice will be too good. Give each patient to one of them, or check whether anonymisation gave all patients the same ID.");
        }
    }

    private Checkpoint Start(PyramidNetwork network, AdamOptimizer optimizer, WeightAverage? average, PatientSplit split, CheckpointStore store, TrainingObserver? observer)
    {
        Checkpoint fresh = Beginning(split);
        if (_run.Resume && store.FindNewest(observer?.Warning) is var (saved, file, path))
        {
            ResumeCheck.Require(saved, fresh, path);
            Checkpoint.Restore(file, path, network.Parameters, optimizer, average);
            optimizer.Steps = saved.Steps;
            if (saved.Epoch >= _options.Epochs)
            {
                observer?.Warning?.Invoke($"{path}: {saved.Epoch} epochs are done already, so -Epochs {_options.Epochs} adds none. Give more to train on.");
            }

            return saved with { Options = _options };
        }

        network.Parameters.Initialize(_options.Seed);
        if (_run.InitialModel is { } initial)
        {
            InitialWeights.Load(network, initial, fresh.Description, observer);
        }

        store.StartAnew();
        return fresh;
    }

    private Checkpoint Beginning(PatientSplit split) => new()
    {
        Epoch = 0,
        StepInEpoch = 0,
        LossSum = 0,
        DiceLossSum = 0,
        Steps = 0,
        Options = _options,
        Description = new ModelDescription
        {
            Data = _dataset.Description,
            Architecture = _options.Architecture(_dataset.InputSize, _dataset.LabelNames.Count),
        },
        Run = Guid.NewGuid().ToString("N"),
        TrainingSlices = split.Training.Count,
        ValidationSlices = split.Validation.Count,
        TrainingData = TrainingDataProfile.Of(split.Training, _dataset.InputSize),
        History = [],
    };
}
