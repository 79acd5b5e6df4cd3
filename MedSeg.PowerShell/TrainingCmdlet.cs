using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Validation;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that train: the options of a run and where it writes.</summary>
public abstract class TrainingCmdlet : AugmentationCmdlet
{
    private IReadOnlyList<string> _fromFile = [];
    private int _datasets;
    private TerminationSignal? _termination;

    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the folder of the model.</summary>
    [Parameter(Mandatory = true)]
    [CommandLineOnly]
    [ValidateOutputName]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the model's name.</summary>
    [Parameter]
    [ValidateModelName]
    [ArgumentCompleter(typeof(RunNameCompleter))]
    public string ModelName { get; set; } = "medseg";

    /// <summary>Gets or sets the options file; parameters override it.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OptionsPathCompleter))]
    public string? OptionsPath { get; set; }

    /// <summary>Gets or sets the number of epochs.</summary>
    [Parameter]
    [ValidateRange(1, TrainingOptions.MaxEpochs)]
    public int Epochs { get; set; }

    /// <summary>Gets or sets the number of slices per training step.</summary>
    [Parameter]
    [ValidateRange(1, TrainingOptions.MaxBatchSize)]
    public int BatchSize { get; set; }

    /// <summary>Gets or sets the learning rate of Adam.</summary>
    [Parameter]
    [ValidateRange(TrainingOptions.MinLearningRate, 1.0)]
    [DecimalPoint]
    public double LearningRate { get; set; }

    /// <summary>Gets or sets the dropout probability.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxDropoutRate)]
    [DecimalPoint]
    public double DropoutRate { get; set; }

    /// <summary>Gets or sets the architecture of the network.</summary>
    [Parameter]
    public NetworkArchitecture Architecture { get; set; }

    /// <summary>Gets or sets the number of channels of the first level.</summary>
    [Parameter]
    [ValidateRange(0, TrainingOptions.MaxBaseWidth)]
    public int BaseWidth { get; set; }

    /// <summary>Gets or sets the number of epochs from one validation to the next.</summary>
    [Parameter]
    [ValidateRange(1, TrainingOptions.MaxEpochs)]
    public int ReportInterval { get; set; }

    /// <summary>Gets or sets the number of epochs from one checkpoint to the next.</summary>
    [Parameter]
    [ValidateRange(1, TrainingOptions.MaxEpochs)]
    public int CheckpointInterval { get; set; }

    /// <summary>Gets or sets the minutes after which a checkpoint is written when an epoch ends.</summary>
    [Parameter]
    [ValidateRange(0.0, 100_000.0)]
    [DecimalPoint]
    public double CheckpointMinutes { get; set; } = 10;

    /// <summary>Gets or sets how many checkpoints are kept.</summary>
    [Parameter]
    [ValidateRange(1, RunOptions.MaxKeepCheckpoints)]
    public int KeepCheckpoints { get; set; } = 2;

    /// <summary>Gets or sets whether event files for TensorBoard are written.</summary>
    [Parameter]
    public SwitchParameter TensorBoard { get; set; }

    /// <summary>Gets or sets the number of epochs after which the learning rate is divided by ten.</summary>
    [Parameter]
    [ValidateRange(1, TrainingOptions.MaxEpochs)]
    public int DecayEpoch { get; set; }

    /// <summary>Gets or sets the loss function.</summary>
    [Parameter]
    public LossFunction Loss { get; set; }

    /// <summary>Gets or sets the learning-rate schedule.</summary>
    [Parameter]
    public LearningRateSchedule Schedule { get; set; }

    /// <summary>Gets or sets the number of epochs over which the learning rate rises.</summary>
    [Parameter]
    [ValidateRange(0, TrainingOptions.MaxEpochs)]
    public int WarmupEpochs { get; set; }

    /// <summary>Gets or sets the value to which the global gradient norm is clipped.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxGradientClip)]
    [DecimalPoint]
    public double GradientClip { get; set; }

    /// <summary>Gets or sets the decay of the exponential moving average of the weights.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxWeightAveraging)]
    [DecimalPoint]
    public double WeightAveraging { get; set; }

    /// <summary>Gets or sets the number of epochs without a better validation Dice after which training stops early.</summary>
    [Parameter]
    [ValidateRange(0, TrainingOptions.MaxEpochs)]
    public int Patience { get; set; }

    /// <summary>Gets or sets whether slices are sampled so that every ROI occurs equally often.</summary>
    [Parameter]
    public SwitchParameter BalancedSampling { get; set; }

    /// <summary>Gets or sets whether validation compares masks at the input size.</summary>
    [Parameter]
    public SwitchParameter FastValidation { get; set; }

    /// <summary>Gets or sets whether images are computed again instead of being kept.</summary>
    [Parameter]
    public SwitchParameter SaveMemory { get; set; }

    /// <summary>Gets or sets the file that lists the fold of each sample.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TablePathCompleter))]
    public string? FoldPath { get; set; }

    /// <summary>Gets or sets what keeps samples together.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupByCompleter))]
    public string? GroupBy { get; set; }

    /// <summary>Gets or sets the number of shares that each batch is divided into.</summary>
    [Parameter]
    [ValidateRange(0, TrainingOptions.MaxShares)]
    public int Shares { get; set; }

    /// <summary>Gets or sets the format in which the gradients of the shares are added up and sent between processes.</summary>
    [Parameter]
    public GradientFormat GradientFormat { get; set; }

    /// <summary>Gets or sets the number format of the convolutions.</summary>
    [Parameter]
    public Precision Precision { get; set; }

    /// <summary>Gets or sets the device, or those that share each batch.</summary>
    [Parameter]
    [ValidateDevice]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string[] Device { get; set; } = ["Auto"];

    /// <summary>Gets or sets whether GPUs may round factors to TF32.</summary>
    [Parameter]
    public SwitchParameter AllowTF32 { get; set; }

    /// <summary>Gets or sets the model whose weights training starts with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string? InitialModel { get; set; }

    /// <summary>Gets or sets whether to resume from the checkpoint.</summary>
    [Parameter]
    [CommandLineOnly]
    public SwitchParameter Resume { get; set; }

    /// <summary>Gets or sets whether to replace an existing model.</summary>
    [Parameter]
    [CommandLineOnly]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override IEnumerable<string> Given => base.Given.Concat(_fromFile);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (OptionsPath is not null)
        {
            string path = Resolve(OptionsPath);
            Try(() => ReadOptions(path));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _datasets++;

    /// <summary>Ends the command if the pipeline had several data sets: the second would overwrite the model of the first.</summary>
    protected void RequireOne()
    {
        if (_datasets > 1)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SeveralDatasets, $"The pipeline has {_datasets} data sets, but a run trains on one.")
            {
                Advice = "Pass one data set. To train on several one after the other, use ForEach-Object, with an -OutputPath or a -ModelName for each.",
            });
        }
    }

    /// <summary>Ends the command if a fold was asked for but there are none. The engine cannot know, because the first fold is the default.</summary>
    /// <param name="options">The options.</param>
    private protected void RequireFolds(TrainingOptions options)
    {
        if (Given.Contains(nameof(TrainingOptions.Fold)) && options.Folds == 0 && options.FoldPath is null)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, $"-Fold {options.Fold} was given without -Folds or -FoldPath, so there are no folds.")
            {
                Advice = "Give the number of -Folds, or a -FoldPath, too.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // This ends the process if it was asked to end. By now the commands after this one have written what they have.
            _termination?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Gets what the host shows when the command is stopped.</summary>
    private protected virtual string StopText => "Stopping: MedSeg finishes the current step and saves a checkpoint.";

    /// <summary>Gets the first of the runs that -Resume continues.</summary>
    private protected virtual RunOptions FirstRun() => Target();

    // What a resumed run is not given, it takes from its checkpoint.
    /// <inheritdoc/>
    private protected override TrainingOptions Defaults()
    {
        if (!Resume || Given.Contains(nameof(Recipe)) || Try(() => Trainer.ReadOptions(FirstRun())) is not { } saved)
        {
            return base.Defaults();
        }

        if (saved.FoldPath is { } file && FoldPath is null)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, $"The run was started with the fold file {file}, and a checkpoint does not store its folder.")
            {
                Advice = $"Give the path again: -FoldPath <folder>/{file}.",
            });
        }

        WriteVerbose("Options that are not given are those of the checkpoint.");
        return saved;
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        // A stopping pipeline accepts no warnings, so the host shows the line. Without it the prompt seems to hang until the step ends.
        Host?.UI?.WriteLine(StopText);
        base.StopProcessing();
    }

    /// <summary>Says what a stopped run has saved, and how to continue it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="last">The last finished epoch; null where there is none.</param>
    protected void TellWhatIsSaved(RunOptions run, int? last)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (StopToken.IsCancellationRequested && File.Exists(run.CheckpointPath))
        {
            string epochs = last is { } epoch ? string.Create(CultureInfo.InvariantCulture, $", after epoch {epoch}") : string.Empty;
            Host?.UI?.WriteLine($"Saved {run.CheckpointPath}{epochs}. The same command with -Resume continues.");
        }
    }

    /// <summary>Lets SIGTERM stop the run like Ctrl+C; the process ends after the pipeline.</summary>
    protected void ListenToTermination() => _termination ??= new TerminationSignal(StopProcessing);

    /// <summary>Warns if the run was stopped since the process was asked to end.</summary>
    protected void WarnOfTermination()
    {
        if (_termination is { IsReceived: true })
        {
            WriteWarning("The process was asked to end (SIGTERM), so the run stopped after the current step and saved a checkpoint. -Resume continues the run.");
        }
    }

    /// <summary>Makes the options of where to write and how to start.</summary>
    /// <returns>The options; paths are absolute.</returns>
    protected RunOptions Target() => new()
    {
        OutputPath = Resolve(OutputPath),
        ModelName = ModelName,
        Device = string.Join(',', Device),
        AllowTF32 = AllowTF32,
        Resume = Resume,
        Force = Force,
        InitialModel = InitialModel is null ? null : Resolve(InitialModel),
        CheckpointTime = TimeSpan.FromMinutes(CheckpointMinutes),
        KeepCheckpoints = KeepCheckpoints,
        TensorBoard = TensorBoard,
    };

    /// <summary>Gets the number of slices of the data set in words.</summary>
    protected string Slices => Dataset.Count == 1 ? "1 slice" : $"{Dataset.Count} slices";

    /// <summary>Says the number of epochs in words.</summary>
    /// <param name="options">The options of a run.</param>
    protected static string EpochsOf(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Epochs == 1 ? "1 epoch" : $"{options.Epochs} epochs";
    }

    /// <summary>Shows the progress of a run.</summary>
    /// <param name="record">The progress record that is shown.</param>
    /// <param name="progress">The progress of the run.</param>
    /// <param name="left">The time left.</param>
    protected void Show(ProgressRecord record, TrainingProgress progress, TimeSpan left)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(progress);
        if (StopToken.IsCancellationRequested)
        {
            return;
        }

        // PowerShell shows a record's SecondsRemaining in seconds, a night as 36000s, so the time left is in the status.
        record.StatusDescription = string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {progress.Epoch} of {progress.Epochs}, step {progress.Step} of {progress.Steps}, {(int)left.TotalHours}:{left:mm\\:ss} left");
        record.PercentComplete = (int)(100 * RemainingTime.Done(progress));
        try
        {
            Report(record);
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C arrives here before the token is cancelled; the token ends the training, after saving.
        }
    }

    private void ReadOptions(string path)
    {
        var file = BoundFile.Read(this, path);
        _fromFile = file.Set;

        // Paths are relative to the options file, because it may be moved together with what it names, and a scheduled task may start anywhere.
        string folder = Path.GetDirectoryName(path)!;
        FoldPath = _fromFile.Contains(nameof(FoldPath)) ? Path.GetFullPath(FoldPath!, folder) : FoldPath;
        InitialModel = _fromFile.Contains(nameof(InitialModel)) ? Path.GetFullPath(InitialModel!, folder) : InitialModel;
        WriteVerbose($"{path} sets {string.Join(", ", _fromFile)}.{(file.Replaced.Count > 0 ? $" Parameters override its {string.Join(", ", file.Replaced)}." : string.Empty)}");
    }
}
