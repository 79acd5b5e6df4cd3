using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Network.Losses;
using MedSeg.Options;
using MedSeg.PowerShell.Cmdlets;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Validation;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell;

/// <summary>What the commands that train share: the options of a run and where it writes.</summary>
public abstract class TrainingCmdlet : AugmentationCmdlet
{
    // What each run must say itself: what it works on and what it may do.
    private static readonly string[] s_neverInFile = [nameof(OutputPath), nameof(OptionsPath), nameof(Resume), nameof(Force)];
    private readonly List<string> _fromFile = [];

    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the folder of the model.</summary>
    [Parameter(Mandatory = true)]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the model's name.</summary>
    [Parameter]
    [ValidateModelName]
    public string ModelName { get; set; } = "medseg";

    /// <summary>Gets or sets the file of options, which parameters replace.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OptionsPath { get; set; }

    /// <summary>Gets or sets the number of epochs.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Epochs { get; set; }

    /// <summary>Gets or sets the slices a step.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int BatchSize { get; set; }

    /// <summary>Gets or sets the step size of Adam.</summary>
    [Parameter]
    [ValidateRange(1e-9, 1.0)]
    public double LearningRate { get; set; }

    /// <summary>Gets or sets the dropout probability.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.95)]
    public double DropoutRate { get; set; }

    /// <summary>Gets or sets the channels of the first level.</summary>
    [Parameter]
    [ValidateRange(0, 256)]
    public int BaseWidth { get; set; }

    /// <summary>Gets or sets the epochs from one validation to the next.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int ReportInterval { get; set; }

    /// <summary>Gets or sets the epochs from one checkpoint to the next.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int CheckpointInterval { get; set; }

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
    public int DecayEpoch { get; set; }

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

    /// <summary>Gets or sets the file that lists the fold of each sample.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FoldPath { get; set; }

    /// <summary>Gets or sets what keeps samples together.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GroupBy { get; set; }

    /// <summary>Gets or sets the device, or those that share each batch.</summary>
    [Parameter]
    [ValidateDevice]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string[] Device { get; set; } = ["Auto"];

    /// <summary>Gets or sets whether cards may round factors to TF32.</summary>
    [Parameter]
    public SwitchParameter AllowTF32 { get; set; }

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
    protected override IEnumerable<string> Given => base.Given.Concat(_fromFile);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (OptionsPath is not null)
        {
            string path = Resolve(OptionsPath);
            Try(() => TakeFrom(path));
        }
    }

    /// <summary>Says where to write and how to start.</summary>
    /// <returns>The run; its paths are absolute.</returns>
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

    /// <summary>Shows how far a run is.</summary>
    /// <param name="record">The progress that is shown.</param>
    /// <param name="p">How far the run is.</param>
    /// <param name="left">The time that is left.</param>
    protected void Show(ProgressRecord record, TrainingProgress p, TimeSpan left)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(p);
        if (StopToken.IsCancellationRequested)
        {
            return;
        }

        // PowerShell shows a record's SecondsRemaining as seconds, a night as 36000s; hours are told in words.
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

    private bool TakeFrom(string path)
    {
        IReadOnlyDictionary<string, OptionParameter> known = OptionParameter.Of(GetType(), s_neverInFile);
        var replaced = new List<string>();
        foreach (OptionEntry entry in OptionsFile.Read(path))
        {
            if (!known.TryGetValue(entry.Name, out OptionParameter? option))
            {
                throw Unknown(entry, known, path);
            }

            if (MyInvocation.BoundParameters.ContainsKey(option.Name))
            {
                replaced.Add(option.Name);
                continue;
            }

            option.Set(this, entry, path);
            _fromFile.Add(option.Name);
        }

        // A file and what it names may be moved together, and a scheduled task may start anywhere.
        string folder = Path.GetDirectoryName(path)!;
        FoldPath = _fromFile.Contains(nameof(FoldPath)) ? Path.GetFullPath(FoldPath!, folder) : FoldPath;
        InitialModel = _fromFile.Contains(nameof(InitialModel)) ? Path.GetFullPath(InitialModel!, folder) : InitialModel;
        WriteVerbose($"{path} gives {string.Join(", ", _fromFile)}.{(replaced.Count > 0 ? $" Parameters replace its {string.Join(", ", replaced)}." : string.Empty)}");
        return true;
    }

    private MedSegException Unknown(OptionEntry entry, IReadOnlyDictionary<string, OptionParameter> known, string path)
    {
        string command = MyInvocation.MyCommand.Name;
        string line = entry.Line is { } number ? $" line {number}:" : string.Empty;
        string advice = MyInvocation.MyCommand is CmdletInfo info && info.Parameters.ContainsKey(entry.Name) ? $"{entry.Name} is given to {command} itself, not in a file. Take it out."
            : OptionParameter.Of(typeof(StartMedSegTrainingCommand), s_neverInFile).ContainsKey(entry.Name) ? $"{entry.Name} is an option of Start-MedSegTraining, which {command} does not have. Take it out."
            : NearestName.Find(entry.Name, known.Keys) is { } near ? $"'{entry.Name}' is no option of {command}. Did you mean {near}?"
            : $"'{entry.Name}' is no option of {command}. `Get-Help {command} -Full` tells all of them.";
        return new MedSegException(ErrorKind.InvalidArgument, "OptionUnknown", $"{path}:{line} {advice}", path);
    }
}
