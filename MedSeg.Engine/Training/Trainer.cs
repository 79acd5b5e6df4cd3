using System.Globalization;
using System.Text;
using MedSeg.Data;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Files;
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
    private readonly RunOptions _run;
    private readonly Dataset? _validation;

    // The number of shares may depend on the number of ranks, which is known when they have met, and the precision on the devices.
    private TrainingOptions _options;

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

    /// <summary>Gets the number of this process among those that train together, from 0; only rank 0 writes files and returns records.</summary>
    public int Rank { get; private set; }

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
    /// step and saves a checkpoint; one that fails within an epoch saves the last step, or on a GPU the state at
    /// the start of the epoch.
    /// </summary>
    /// <param name="events">Receives decisions, warnings and the progress of each step (<see cref="TrainingProgress"/>), or null.</param>
    /// <param name="cancellationToken">Stops the run after the step.</param>
    /// <returns>The records of the epochs that this call trained. Of several processes that train together, rank 0 returns them; the others return none.</returns>
    /// <exception cref="MedSegException">
    /// The run cannot start, or it failed: the loss became NaN or infinite (<c>LossNotFinite</c>), memory ran out
    /// (<c>OutOfMemory</c>), another rank failed (<c>RankFailed</c>), torch cannot be loaded (<c>TorchNotLoaded</c>) or failed (<c>TorchFailed</c>), or a file cannot be written (<c>WriteFailed</c>).
    /// </exception>
    public IEnumerable<EpochRecord> Run(EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        TorchLibrary.Require();
        TorchSettings.AllowTF32(_run.AllowTF32);
        try
        {
            // Each part is disposed of here, in reverse order, also where the caller stops enumerating at a record, as PowerShell does
            // when a pipeline is stopped.
            using RankGroup ranks = Join(events?.Warning);
            events = ranks.IsFirst ? events : null;
            TrainingPlan plan = Explain(ranks, () => Plan(ranks, events?.Warning));
            using RunLock? runLock = Explain(ranks, () => ranks.IsFirst ? RunLock.Take(_run) : null);
            using StopRequest? stop = ranks.IsFirst ? new StopRequest(_run) : null;
            CheckpointStore? store = Explain(ranks, () => runLock is null ? null : PrepareFolder(runLock, events));
            using TrainingModel model = Explain(ranks, () => new TrainingModel(plan, ranks));
            Checkpoint state = Explain(ranks, () => Begin(plan, model, store, ranks, events, cancellationToken));
            using BatchPipeline batches = Explain(ranks, () => CreateBatches(plan, model, state, ranks, events));
            using RunJournal? journal = Explain(ranks, () => ranks.IsFirst ? new RunJournal(plan, state, events) : null);
            ranks.Hung = finding => journal?.End(RunState.Failed, finding);
            RunOutput? output = ranks.IsFirst ? new RunOutput(new CheckpointPolicy(plan, model, store!), journal!, stop!) : null;
            using var loop = new TrainingLoop(plan, model, batches, ranks, output, state, events);
            while (loop.Next(cancellationToken) is { } record)
            {
                if (ranks.IsFirst)
                {
                    yield return record;
                }
            }

            ranks.Close();
            RunReport.End(ranks, events);
            RunReport.Stop(_run, stop, ranks, events?.Warning);
            IsStopRequested = stop?.Look() == true;
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
        using var alone = RankGroup.Alone();
        _ = Explain(alone, () => Plan());
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
        ResumeCheck.Require(saved, Checkpoint.Start(_dataset, _options, Split()), _run.ModelPath);

        // A run that was started with -Force and has not ended leaves the model of the one before.
        return saved.Options.Epochs == _options.Epochs && !new CheckpointStore(_run).IsNewerThan(saved) ? saved : null;
    }

    /// <summary>Finds the run of these options that has trained to an epoch already, but is not finished.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <returns>The state of its newest checkpoint; null where the run is to start anew or has not come so far.</returns>
    /// <exception cref="MedSegException">The checkpoint was made with other options or data, or is damaged.</exception>
    internal Checkpoint? FindReached(int epoch)
    {
        if (!_run.Resume || new CheckpointStore(_run).FindNewest(warn: null) is not var (saved, _, path) || saved.Epoch < epoch)
        {
            return null;
        }

        ResumeCheck.Require(saved, Checkpoint.Start(_dataset, _options, Split()), path);
        return saved;
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

    private RankGroup Join(Action<string>? warn)
    {
        if (_run.Distributed == DistributedMode.None && _run.Transport is null)
        {
            return RankGroup.Alone();
        }

        var ranks = RankGroup.Join(_run.Transport ?? MpiTransport.Join(_run.MpiLibrary, warn), TimeSpan.FromSeconds(_run.MpiTimeout));
        Rank = ranks.Rank;
        return ranks;
    }

    private TrainingPlan Plan(RankGroup ranks, Action<string>? warn)
    {
        _options = RankOptions.For(_options, _run.Device, ranks.Size);
        TrainingPlan plan = Plan(warn);
        RankAgreement.Require(ranks, plan);
        return plan;
    }

    private TrainingPlan Plan(Action<string>? warn = null)
    {
        PatientSplit split = Split();
        IReadOnlyList<torch.Device> devices = _run.Distributed == DistributedMode.None
            ? DeviceSelection.ResolveAll(_run.Device)
            : [DeviceSelection.ResolveFor(_run.Device, MpiLauncher.Current.LocalRank ?? 0)];
        _options = _options with { Precision = PrecisionChoice.Settle(WantedPrecision(), devices, _dataset.InputSize, warn) };
        return _options.Patience > 0 && split.Validation.Count == 0
            ? throw new MedSegException(
                ErrorKind.InvalidArgument, ErrorIds.PatienceWithoutValidation, "-Patience waits for a better validation Dice, but no patient is held out.")
            {
                Advice = "Give -ValidationFraction, -Folds or -ValidationDataset, too.",
            }
            : new TrainingPlan(_dataset, _options, _run, split, devices);
    }

    // A resumed run keeps what Auto was settled to when it began, also on another machine.
    private Precision WantedPrecision() =>
        _options.Precision == Precision.Auto && _run.Resume && ReadOptions(_run) is { } saved ? saved.Precision : _options.Precision;

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

    // Rank 0 alone reads the files, so that no other rank can find other ones.
    private Checkpoint Begin(TrainingPlan plan, TrainingModel model, CheckpointStore? store, RankGroup ranks, EngineEvents? events, CancellationToken cancellationToken)
    {
        Checkpoint? own = store is null ? null : Begin(plan, model, store, events, cancellationToken);
        if (ranks.Size == 1)
        {
            return own!;
        }

        byte[] content = own is null ? [] : Encoding.UTF8.GetBytes(CheckpointState.Of(own).ToJson());
        byte[][] told = ranks.Meet(content) ?? throw new MedSegException(ErrorKind.Device, ErrorIds.RankFailed, "The run ends, because a rank left before it began.");
        Checkpoint state = own ?? CheckpointState.FromJson(Encoding.UTF8.GetString(told[0]), ranks.NameOf(0)).ToCheckpoint() with { Options = _options };
        model.CopyFromFirst(ranks, state);
        return state;
    }

    // Fills the network from the newest checkpoint, the initial model, or at random.
    private Checkpoint Begin(TrainingPlan plan, TrainingModel model, CheckpointStore store, EngineEvents? events, CancellationToken cancellationToken)
    {
        Checkpoint fresh = Checkpoint.Start(_dataset, _options, plan.Split, cancellationToken);
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

    private BatchPipeline CreateBatches(TrainingPlan plan, TrainingModel model, Checkpoint state, RankGroup ranks, EngineEvents? events)
    {
        int shares = Math.Max(1, _options.Shares);
        (int first, int own) = BatchShares.Of(shares, ranks.Size, ranks.Rank);
        var sampler = new BatchSampler(plan.Split.Training, _dataset.Preprocessing.Shape, _options.Batches with { Shares = shares, FirstShare = first, OwnShares = own });
        RunReport.Start(plan, model.Network, state, sampler.StepsPerEpoch, ranks, events);
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

    private T Explain<T>(RankGroup ranks, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e)
        {
            MedSegException? explained = TorchErrors.Explain(e, _options.BatchSize);
            ranks.Fail(explained ?? e);
            if (explained is not null)
            {
                throw explained;
            }

            throw;
        }
    }
}
