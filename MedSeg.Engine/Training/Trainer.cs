using System.Globalization;
using MedSeg.Data;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inspection;
using MedSeg.Models;
using MedSeg.Threading;
using MedSeg.Training.Batches;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>Trains a network: checks what a run needs, then starts or resumes it.</summary>
public sealed class Trainer
{
    private readonly Dataset _dataset;
    private readonly TrainingOptions _options;
    private readonly RunOptions _run;
    private readonly Dataset? _validation;

    /// <summary>Initializes a new instance of the <see cref="Trainer"/> class.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">How to train.</param>
    /// <param name="run">Where to write and how to start.</param>
    /// <param name="validation">Samples to validate on, in place of a share of <paramref name="dataset"/>; or null.</param>
    /// <exception cref="MedSegException">An option is out of range, or two options contradict each other.</exception>
    public Trainer(Dataset dataset, TrainingOptions options, RunOptions run, Dataset? validation = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(run);
        options.Validate();
        run.Validate();
        _dataset = dataset;
        _options = options;
        _run = run;
        _validation = validation;
    }

    /// <summary>Gets a value indicating whether another process asked the run to stop, which then ended or had just finished.</summary>
    internal bool IsStopRequested { get; private set; }

    /// <summary>Reads the options with which a run was started, so that a resumed run needs no others.</summary>
    /// <param name="run">Where the run writes.</param>
    /// <returns>
    /// The options of its newest checkpoint that can be read, or null if there is none. <see cref="TrainingOptions.FoldPath"/> is
    /// without its folder.
    /// </returns>
    /// <exception cref="MedSegException">There are checkpoints, but none can be read.</exception>
    public static TrainingOptions? ReadOptions(RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new CheckpointStore(run).FindNewest(warn: null)?.State.Options;
    }

    /// <summary>
    /// Trains; returns a record when each epoch ends. A run that is cancelled, or whose caller stops enumerating, finishes its
    /// step and saves a checkpoint; one that fails within an epoch saves the state at the start of the epoch.
    /// </summary>
    /// <param name="events">Receives decisions, warnings and the progress of each step (<see cref="TrainingProgress"/>), or null.</param>
    /// <param name="cancellationToken">Stops the run after the step.</param>
    /// <returns>The records of the epochs that this call trained.</returns>
    /// <exception cref="MedSegException">
    /// The run cannot start, or it failed: the loss became NaN or infinite (<c>LossNotFinite</c>), memory ran out
    /// (<c>OutOfMemory</c>), torch cannot be loaded (<c>TorchNotLoaded</c>) or failed (<c>TorchFailed</c>), or a file cannot be written (<c>WriteFailed</c>).
    /// </exception>
    public IEnumerable<EpochRecord> Run(EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        TorchLibrary.Require();
        TorchSettings.AllowTF32(_run.AllowTF32);
        try
        {
            // Each part is disposed of here, in reverse order, also where the caller stops enumerating at a record, as PowerShell does
            // when a pipeline is stopped.
            TrainingPlan plan = Explain(Plan);
            using var runLock = RunLock.Take(_run);
            using var stop = new StopRequest(_run);
            CheckpointStore store = PrepareFolder(runLock, events);
            using TrainingModel model = Explain(() => new TrainingModel(plan));
            Checkpoint state = Explain(() => Begin(plan, model, store, events));
            using BatchPipeline batches = Explain(() => CreateBatches(plan, model, state, events));
            using var journal = new RunJournal(plan, state, events);
            using var loop = new TrainingLoop(plan, model, batches, new CheckpointPolicy(plan, model, store), journal, state, stop, events);
            while (loop.Next(cancellationToken) is { } record)
            {
                yield return record;
            }

            if (stop.IsMade)
            {
                events?.Warning?.Invoke($"{_run.StatusPath}: Stop-MedSegRun asked the run to stop. It saves a checkpoint; -Resume continues the run.");
            }

            IsStopRequested = stop.Look();
        }
        finally
        {
            TorchSettings.AllowTF32(false);
        }
    }

    /// <summary>Reports now what would keep the run from starting. <see cref="Run"/> does it, too.</summary>
    /// <exception cref="MedSegException">The samples, the device or the folder cannot be used, or another process trains the run.</exception>
    public void Check()
    {
        TorchLibrary.Require();
        _ = Explain(Plan);
        RefuseToOverwrite(_run);
        RunLock.Take(_run).Dispose();
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
        ResumeCheck.Require(saved, InitialState(Split()), _run.ModelPath);
        return saved.Options.Epochs == _options.Epochs ? saved : null;
    }

    /// <summary>Refuses a run whose files would replace those of another.</summary>
    /// <param name="run">Where to write and how to start.</param>
    /// <exception cref="MedSegException">There is a model or checkpoint (<c>ModelExists</c>), which the run may neither replace nor resume.</exception>
    internal static void RefuseToOverwrite(RunOptions run)
    {
        bool any = new CheckpointStore(run).Any;
        if (!run.Force && !(run.Resume && any) && (File.Exists(run.ModelPath) || any))
        {
            throw new MedSegException(
                ErrorKind.AlreadyExists, ErrorIds.ModelExists, $"{run.OutputPath}: A model or checkpoint named {run.ModelName} exists already.", run.OutputPath)
            {
                Advice = "Use -Resume to continue its training, -Force to replace it, or another -ModelName or -OutputPath.",
            };
        }
    }

    private TrainingPlan Plan()
    {
        PatientSplit split = Split();
        return _options.Patience > 0 && split.Validation.Count == 0
            ? throw new MedSegException(
                ErrorKind.InvalidArgument, ErrorIds.PatienceWithoutValidation, "-Patience waits for a better validation Dice, but no patient is held out.")
            {
                Advice = "Give -ValidationFraction, -Folds or -ValidationDataset, too.",
            }
            : new TrainingPlan(_dataset, _options, _run, split, DeviceSelection.ResolveAll(_run.Device));
    }

    private PatientSplit Split()
    {
        if (_validation is null)
        {
            return PatientSplit.Create(_dataset, _options.Split);
        }

        return _options.ValidationFraction > 0 || _options.Folds > 0 || _options.FoldPath is not null
            ? throw new MedSegException(
                ErrorKind.InvalidArgument, ErrorIds.ValidationTwice, "A validation data set was given, and a validation fraction or folds, too.")
            {
                Advice = "Give only one of -ValidationDataset, -ValidationFraction, -Folds and -FoldPath.",
            }
            : PatientSplit.Create(_dataset, _validation);
    }

    private CheckpointStore PrepareFolder(RunLock runLock, EngineEvents? events)
    {
        RefuseToOverwrite(_run);
        PartialFile.DeleteLeftOvers(_run.ModelPath, _run.CheckpointPath, _run.BestPath, _run.StatusPath, _run.LogPath);
        return new CheckpointStore(_run, runLock, events);
    }

    // Fills the network from the newest checkpoint, the initial model, or at random.
    private Checkpoint Begin(TrainingPlan plan, TrainingModel model, CheckpointStore store, EngineEvents? events)
    {
        Checkpoint fresh = InitialState(plan.Split);
        if (_run.Resume && store.FindNewest(events?.Warning) is var (saved, file, path))
        {
            ResumeCheck.Require(saved, fresh, path);
            model.Restore(saved, file, path);
            store.RequireBest(saved, file);
            if (saved.Epoch >= _options.Epochs)
            {
                events?.Warning?.Invoke($"{path}: {(saved.Epoch == 1 ? "1 epoch is" : $"{saved.Epoch} epochs are")} done already, so -Epochs {_options.Epochs} adds none. Give more to train on.");
            }

            // What was found of the saved weights does not hold for those to come.
            return saved with { Options = _options, Description = saved.Description with { PostProcessing = null, Calibration = null } };
        }

        model.Network.Parameters.Initialize(_options.Seed);
        if (_run.InitialModel is { } initial)
        {
            InitialWeights.Load(model.Network, initial, fresh.Description, events);
        }

        store.StartAnew();
        return fresh;
    }

    private BatchPipeline CreateBatches(TrainingPlan plan, TrainingModel model, Checkpoint state, EngineEvents? events)
    {
        var sampler = new BatchSampler(plan.Split.Training, _dataset.Preprocessing.Shape, _options.Batches);
        Report(plan, model, state, sampler.StepsPerEpoch, events);
        (long Needed, long Free)? memory = MemoryPreflight.For(plan.Device).Check(model.Network, plan.SlicesPerDevice, plan.Device);
        if (memory is var (needed, free))
        {
            string step = string.Create(CultureInfo.InvariantCulture, $"A step takes about {needed / 1e9:0.00} GB more; {free / 1e9:0.0} GB are free.");
            events?.Decision?.Invoke(step);
        }

        if (_run.FreeForSlices is { } freeForSlices)
        {
            memory = (0, freeForSlices);
        }
        else if (plan.Device.type != DeviceType.CUDA)
        {
            return new BatchPipeline(sampler, _dataset.Preprocessing.Shape, plan.Device);
        }

        return BatchPipeline.ForGpu(sampler, plan.Split, _dataset.Preprocessing.Shape, plan.Device, memory, events?.Decision);
    }

    private void Report(TrainingPlan plan, TrainingModel model, Checkpoint state, int stepsPerEpoch, EngineEvents? events)
    {
        PatientSplit split = plan.Split;
        string tf32 = _run.AllowTF32 ? "; TF32 is allowed, which matters on GPUs only" : string.Empty;
        Action<string>? decision = events?.Decision;
        decision?.Invoke($"Device {string.Join(" and ", plan.Devices)} (asked for: {_run.Device}), {CpuParallel.Threads} threads{tf32}.");
        decision?.Invoke(
            $"Training on {split.Training.Count} slices of {split.TrainingPatients} patients, "
            + $"validating on {split.Validation.Count} slices of {split.ValidationPatients} patients every {_options.ReportInterval} epochs.");
        decision?.Invoke(
            $"{model.Network.Options.Architecture} network of {model.Network.Parameters.Values.NumberOfElements:N0} parameters for {_dataset.InputSize} × {_dataset.InputSize} pixels "
            + $"and {_dataset.LabelNames.Count} ROIs, base width {model.Network.Options.BaseWidth}; {stepsPerEpoch} steps per epoch.");
        decision?.Invoke(state.Steps > 0
            ? $"Resuming the run in {_run.OutputPath}: {state.Epoch} epochs and {state.StepInEpoch} steps are done."
            : $"Starting anew with seed {_options.Seed}; the model will be {_run.ModelPath}.");
        if (split.PatientsInBoth is > 0 and int patients)
        {
            events?.Warning?.Invoke(
                $"{patients} patients (by PatientID) are in both the training and the validation data set: the validation Dice will be too good. "
                + "Give each patient to one of them, or check whether anonymisation gave all patients the same ID.");
        }
    }

    private Checkpoint InitialState(PatientSplit split) => new()
    {
        Epoch = 0,
        StepInEpoch = 0,
        LossSum = 0,
        Steps = 0,
        Options = _options,
        Description = new ModelDescription
        {
            Data = _dataset.Description,
            Architecture = _options.NetworkFor(_dataset.Preprocessing.Shape, _dataset.LabelNames.Count),
        },
        Run = Guid.NewGuid().ToString("N"),
        TrainingSlices = split.Training.Count,
        ValidationSlices = split.Validation.Count,
        TrainingData = TrainingDataProfile.Of(split.Training, _dataset.InputSize),
        History = [],
    };

    private T Explain<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (TorchErrors.Explain(e, _options.BatchSize) is { } explained)
        {
            throw explained;
        }
    }
}
