using System.Globalization;
using System.Management.Automation;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains a network.</summary>
[Cmdlet(VerbsLifecycle.Start, "MedSegTraining", SupportsShouldProcess = true)]
[OutputType(typeof(EpochRecord))]
public sealed class StartMedSegTrainingCommand : MedSegCmdlet
{
    private static readonly TrainingOptions s_defaults = new();

    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the folder of the model.</summary>
    [Parameter(Mandatory = true)]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the model's name.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9._-]+$")]
    public string ModelName { get; set; } = "medseg";

    /// <summary>Gets or sets the number of epochs.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Epochs { get; set; } = s_defaults.Epochs;

    /// <summary>Gets or sets the slices a step.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int BatchSize { get; set; } = s_defaults.BatchSize;

    /// <summary>Gets or sets the step size of Adam.</summary>
    [Parameter]
    [ValidateRange(1e-9, 1.0)]
    public double LearningRate { get; set; } = s_defaults.LearningRate;

    /// <summary>Gets or sets the dropout probability.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.95)]
    public double DropoutRate { get; set; } = s_defaults.DropoutRate;

    /// <summary>Gets or sets the channels of the first level.</summary>
    [Parameter]
    [ValidateRange(0, 256)]
    public int BaseWidth { get; set; }

    /// <summary>Gets or sets the epochs from one validation to the next.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int ReportInterval { get; set; } = s_defaults.ReportInterval;

    /// <summary>Gets or sets the epochs from one checkpoint to the next.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int CheckpointInterval { get; set; } = s_defaults.CheckpointInterval;

    /// <summary>Gets or sets the minutes after which a checkpoint is written when an epoch ends.</summary>
    [Parameter]
    [ValidateRange(0.0, 100_000.0)]
    public double CheckpointMinutes { get; set; } = 10;

    /// <summary>Gets or sets how many checkpoints are kept.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int KeepCheckpoints { get; set; } = 2;

    /// <summary>Gets or sets whether event files for TensorBoard are written.</summary>
    [Parameter]
    public SwitchParameter TensorBoard { get; set; }

    /// <summary>Gets or sets the epochs after which the learning rate falls to a tenth.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int DecayEpoch { get; set; } = s_defaults.DecayEpoch;

    /// <summary>Gets or sets the largest rotation in degrees.</summary>
    [Parameter]
    [ValidateRange(0.0, 180.0)]
    public double RotationDegrees { get; set; } = s_defaults.RotationDegrees;

    /// <summary>Gets or sets the smallest warp factor.</summary>
    [Parameter]
    [ValidateRange(0.1, 1.0)]
    public double WarpMinimum { get; set; } = s_defaults.WarpMinimum;

    /// <summary>Gets or sets the smallest crop.</summary>
    [Parameter]
    [ValidateRange(0.1, 1.0)]
    public double CropMinimum { get; set; } = s_defaults.CropMinimum;

    /// <summary>Gets or sets the largest crop.</summary>
    [Parameter]
    [ValidateRange(0.1, 1.0)]
    public double CropMaximum { get; set; } = s_defaults.CropMaximum;

    /// <summary>Gets or sets the probability of each transform.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double AugmentationProbability { get; set; } = s_defaults.AugmentationProbability;

    /// <summary>Gets or sets the recipe, whose options single parameters replace.</summary>
    [Parameter]
    public Recipe Recipe { get; set; }

    /// <summary>Gets or sets what training minimises.</summary>
    [Parameter]
    public LossFunction Loss { get; set; }

    /// <summary>Gets or sets how the learning rate changes.</summary>
    [Parameter]
    public LearningRateSchedule Schedule { get; set; }

    /// <summary>Gets or sets the epochs over which the learning rate rises.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int WarmupEpochs { get; set; }

    /// <summary>Gets or sets the greatest norm of the gradient.</summary>
    [Parameter]
    [ValidateRange(0.0, 1e9)]
    public double GradientClip { get; set; }

    /// <summary>Gets or sets what a step keeps of the running mean of the weights.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.99999)]
    public double WeightAveraging { get; set; }

    /// <summary>Gets or sets the epochs without a better validation Dice after which training ends.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int Patience { get; set; }

    /// <summary>Gets or sets whether all ROIs come equally often.</summary>
    [Parameter]
    public SwitchParameter BalancedSampling { get; set; }

    /// <summary>Gets or sets the probability of each of the transforms that follow.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double IntensityProbability { get; set; } = s_defaults.IntensityProbability;

    /// <summary>Gets or sets the greatest change of gamma.</summary>
    [Parameter]
    [ValidateRange(0.0, 5.0)]
    public double GammaRange { get; set; }

    /// <summary>Gets or sets the greatest change of contrast.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.95)]
    public double ContrastRange { get; set; }

    /// <summary>Gets or sets the greatest deviation of added noise.</summary>
    [Parameter]
    [ValidateRange(0.0, 5.0)]
    public double NoiseDeviation { get; set; }

    /// <summary>Gets or sets the greatest blur.</summary>
    [Parameter]
    [ValidateRange(0.0, 20.0)]
    public double BlurSigma { get; set; }

    /// <summary>Gets or sets the greatest factor by which a slice is made coarser.</summary>
    [Parameter]
    [ValidateRange(1.0, 16.0)]
    public double LowResolutionFactor { get; set; } = s_defaults.LowResolutionFactor;

    /// <summary>Gets or sets the greatest shift of an elastic deformation.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.1)]
    public double ElasticShift { get; set; }

    /// <summary>Gets or sets the share of patients that are held out.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.9)]
    public double ValidationFraction { get; set; }

    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, 1000)]
    public int Folds { get; set; }

    /// <summary>Gets or sets the fold that is held out.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(FoldCompleter))]
    public int Fold { get; set; } = 1;

    /// <summary>Gets or sets the file that lists the fold of each sample.</summary>
    [Parameter]
    public string? FoldPath { get; set; }

    /// <summary>Gets or sets what keeps samples together.</summary>
    [Parameter]
    public string? GroupBy { get; set; }

    /// <summary>Gets or sets the data set to validate on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }

    /// <summary>Gets or sets the seed.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <summary>Gets or sets the device.</summary>
    [Parameter]
    [ValidatePattern("^(?i:auto|cpu|cuda(:[0-9]+)?)$")]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "Auto";

    /// <summary>Gets or sets the model to begin with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string? InitialModel { get; set; }

    /// <summary>Gets or sets whether to go on from the checkpoint.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Gets or sets whether to replace an existing model.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var run = new TrainingRun
        {
            OutputPath = Resolve(OutputPath),
            ModelName = ModelName,
            Device = Device,
            Resume = Resume,
            Force = Force,
            InitialModel = InitialModel is null ? null : Resolve(InitialModel),
            CheckpointTime = TimeSpan.FromMinutes(CheckpointMinutes),
            KeepCheckpoints = KeepCheckpoints,
            TensorBoard = TensorBoard,
        };
        if (!ShouldProcess(run.ModelPath, $"Train {Epochs} epochs on {Dataset.Count} slices"))
        {
            return;
        }

        var progress = new ProgressRecord(1, $"Training {ModelName}", "Starting");
        var remaining = new RemainingTime();
        var observer = new TrainingObserver { Progress = p => Show(progress, p, remaining), Decision = WriteVerbose, Warning = WriteWarning };
        using IEnumerator<EpochRecord> epochs = new Trainer(Dataset, Options(), run, ValidationDataset).Run(observer, StopToken).GetEnumerator();
        try
        {
            while (Try(epochs.MoveNext))
            {
                WriteObject(epochs.Current);
            }
        }
        finally
        {
            progress.RecordType = ProgressRecordType.Completed;
            if (!StopToken.IsCancellationRequested)
            {
                WriteProgress(progress);
            }
        }
    }

    private void Show(ProgressRecord record, TrainingProgress p, RemainingTime remaining)
    {
        if (StopToken.IsCancellationRequested)
        {
            return;
        }

        // PowerShell shows a record's SecondsRemaining as seconds, a night as 36000s; hours are told in words.
        TimeSpan left = remaining.After(p);
        record.StatusDescription = string.Create(CultureInfo.InvariantCulture, $"Epoch {p.Epoch} of {p.Epochs}, step {p.Step} of {p.Steps}, {(int)left.TotalHours}:{left:mm\\:ss} left");
        record.PercentComplete = (int)(100 * RemainingTime.Done(p));
        try
        {
            Report(record);
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C is noticed here before the token is cancelled; the trainer ends by the token, after saving.
        }
    }

    // What was not given is the recipe's.
    private TrainingOptions Options()
    {
        TrainingOptions recipe = TrainingOptions.For(Recipe);
        return recipe with
        {
            Epochs = Given(nameof(Epochs), Epochs, recipe.Epochs),
            BatchSize = Given(nameof(BatchSize), BatchSize, recipe.BatchSize),
            LearningRate = Given(nameof(LearningRate), LearningRate, recipe.LearningRate),
            DropoutRate = Given(nameof(DropoutRate), DropoutRate, recipe.DropoutRate),
            BaseWidth = Given(nameof(BaseWidth), BaseWidth, recipe.BaseWidth),
            ReportInterval = Given(nameof(ReportInterval), ReportInterval, recipe.ReportInterval),
            CheckpointInterval = Given(nameof(CheckpointInterval), CheckpointInterval, recipe.CheckpointInterval),
            DecayEpoch = Given(nameof(DecayEpoch), DecayEpoch, recipe.DecayEpoch),
            RotationDegrees = Given(nameof(RotationDegrees), RotationDegrees, recipe.RotationDegrees),
            WarpMinimum = Given(nameof(WarpMinimum), WarpMinimum, recipe.WarpMinimum),
            CropMinimum = Given(nameof(CropMinimum), CropMinimum, recipe.CropMinimum),
            CropMaximum = Given(nameof(CropMaximum), CropMaximum, recipe.CropMaximum),
            AugmentationProbability = Given(nameof(AugmentationProbability), AugmentationProbability, recipe.AugmentationProbability),
            Loss = Given(nameof(Loss), Loss, recipe.Loss),
            Schedule = Given(nameof(Schedule), Schedule, recipe.Schedule),
            WarmupEpochs = Given(nameof(WarmupEpochs), WarmupEpochs, recipe.WarmupEpochs),
            GradientClip = Given(nameof(GradientClip), GradientClip, recipe.GradientClip),
            WeightAveraging = Given(nameof(WeightAveraging), WeightAveraging, recipe.WeightAveraging),
            Patience = Given(nameof(Patience), Patience, recipe.Patience),
            BalancedSampling = Given(nameof(BalancedSampling), BalancedSampling.ToBool(), recipe.BalancedSampling),
            IntensityProbability = Given(nameof(IntensityProbability), IntensityProbability, recipe.IntensityProbability),
            GammaRange = Given(nameof(GammaRange), GammaRange, recipe.GammaRange),
            ContrastRange = Given(nameof(ContrastRange), ContrastRange, recipe.ContrastRange),
            NoiseDeviation = Given(nameof(NoiseDeviation), NoiseDeviation, recipe.NoiseDeviation),
            BlurSigma = Given(nameof(BlurSigma), BlurSigma, recipe.BlurSigma),
            LowResolutionFactor = Given(nameof(LowResolutionFactor), LowResolutionFactor, recipe.LowResolutionFactor),
            ElasticShift = Given(nameof(ElasticShift), ElasticShift, recipe.ElasticShift),
            ValidationFraction = ValidationFraction,
            Folds = Folds,
            Fold = Fold,
            FoldPath = FoldPath is null ? null : Resolve(FoldPath),
            GroupBy = GroupBy,
            Seed = Seed,
        };
    }

    private T Given<T>(string name, T value, T otherwise) => MyInvocation.BoundParameters.ContainsKey(name) ? value : otherwise;
}
