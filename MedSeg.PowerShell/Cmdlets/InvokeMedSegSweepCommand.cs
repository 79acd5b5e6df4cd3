using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Scheduling;
using MedSeg.PowerShell.Validation;
using MedSeg.Threading;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains with several sets of options and compares the models on the same validation slices.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MedSegSweep", DefaultParameterSetName = "Grid", SupportsShouldProcess = true)]
[OutputType(typeof(SweepRun), typeof(SubmittedJob))]
public sealed class InvokeMedSegSweepCommand : ScheduledCmdlet
{
    private const int MaxRuns = 10_000;
    private readonly ProgressRecord _whole = new(1, "Sweep", "Starting");
    private readonly ProgressRecord _progress = new(2, "Training", "Starting") { ParentActivityId = 1 };

    /// <summary>Gets or sets the values of each option, which are all combined.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Grid")]
    [ValidateNotNull]
    public IDictionary Grid { get; set; } = null!;

    /// <summary>Gets or sets the options of each run.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "List")]
    [ValidateNotNullOrEmpty]
    public IDictionary[] List { get; set; } = [];

    /// <summary>Gets or sets the number of runs whose options are drawn.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Random")]
    [CommandLineOnly]
    [ValidateRange(1, MaxRuns)]
    public int Random { get; set; }

    /// <summary>Gets or sets the range of each option that is drawn.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Random")]
    [ValidateNotNull]
    public IDictionary Range { get; set; } = null!;

    /// <summary>Gets or sets the seed of the draws.</summary>
    [Parameter(ParameterSetName = "Random")]
    [CommandLineOnly]
    [ValidateRange(0, int.MaxValue)]
    public int RandomSeed { get; set; }

    /// <summary>Gets or sets the share of patients that are held out.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxValidationFraction)]
    [DecimalPoint]
    public double ValidationFraction { get; set; }

    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, TrainingOptions.MaxFolds)]
    public int Folds { get; set; }

    /// <summary>Gets or sets the fold that is held out.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(FoldCompleter))]
    public int Fold { get; set; } = 1;

    /// <summary>Gets or sets the data set to validate on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }

    /// <summary>Gets or sets the factor of successive halving.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateRange(HalvingOptions.MinFactor, HalvingOptions.MaxFactor)]
    public int HalvingFactor { get; set; }

    /// <summary>Gets or sets the epochs of the first round of successive halving.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateRange(1, TrainingOptions.MaxEpochs)]
    public int HalvingEpochs { get; set; }

    /// <summary>Gets or sets the file for the options of the best run.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? BestOptionPath { get; set; }

    // A sweep resumes runs with other options each; what is not given is the recipe's.
    /// <inheritdoc/>
    private protected override TrainingOptions Defaults() => TrainingOptions.For(Recipe);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RequireOne();
        RequireFolds(Options());
        RequireIndependent();
        string? bestPath = BestOptionPath is null ? null : Resolve(BestOptionPath);
        bool isJson = bestPath is not null && Try(() => OptionsText.IsJson(bestPath));
        if (bestPath is not null)
        {
            RequireOutput(bestPath, Force || Resume);
        }

        // Few values may be drawn twice; in a list that would be a mistake.
        IEnumerable<SweepPoint> all = Try(Values).Select(PointOf);
        SweepPoint[] points = [.. ParameterSetName == "Random" ? all.DistinctBy(point => point.Name) : all];
        RunOptions target = Target();
        Sweep sweep = Try(() => new Sweep(Dataset, points, Collect ? target with { Resume = true } : target, ValidationDataset));
        Plan(sweep, points);
        if (HasTasks && !StartTasks(TaskPlan.Of(points, target)))
        {
            return;
        }

        if (HasTasks || Collect)
        {
            IReadOnlyList<SweepRun> collected = Try(() => sweep.Collect(points, new EngineEvents { Error = e => WriteError(ToRecord(e)) }));
            WriteObject(collected, enumerateCollection: true);
            WriteBest(bestPath, isJson, points, collected);
            return;
        }

        SweepPoint[] approved = [.. points.Where(point => ShouldProcess(Sweep.RunOf(target, point).OutputPath, $"Train {EpochsOf(point.Options)} on {Slices}"))];
        if (approved.Length == 0)
        {
            return;
        }

        WriteBest(bestPath, isJson, approved, RunAll(sweep, approved, target));
    }

    private void WriteBest(string? path, bool isJson, SweepPoint[] points, IReadOnlyList<SweepRun> runs)
    {
        if (path is not null && runs.Where(run => run.State == RunState.Finished).MaxBy(run => run.ValidationDice) is { } best)
        {
            string note = string.Create(CultureInfo.InvariantCulture, $"The best of {runs.Count} runs of a sweep: {best.Name}, validation Dice {best.ValidationDice:0.0000}; for Start-MedSegTraining -OptionsPath.");
            TrainingOptions options = points.Single(point => point.Name == best.Name).Options;
            string text = isJson ? OptionsText.ToJson(options) : OptionsText.ToPowerShellData(options, [note]);
            WriteText(path, text);
            WriteVerbose($"{path}: {note}");
        }
    }

    // Each task knows one run, and has the data set that its script imports.
    private void RequireIndependent()
    {
        RequireTasks();
        if (HalvingFactor > 0 && (HasTasks || Collect))
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, "Successive halving compares all runs after each round, so they cannot be processes of their own.")
            {
                Advice = "Leave out -HalvingFactor; or leave out -Scheduler, -Throttle and -Collect, and submit the whole sweep as one job with -Resume.",
            });
        }

        if (ValidationDataset is not null && HasTasks)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SchedulerFailed, "The process of each run imports what -DatasetScript imports, and has no -ValidationDataset.")
            {
                Advice = "Import all samples together, and give -ValidationFraction, -Folds or a -FoldPath.",
            });
        }
    }

    // Null without successive halving, whose rounds are checked and told before the first run.
    private SuccessiveHalving? Plan(Sweep sweep, SweepPoint[] points)
    {
        if (HalvingFactor == 0)
        {
            if (HalvingEpochs > 0)
            {
                Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, "-HalvingEpochs was given without -HalvingFactor, so no run is dropped.") { Advice = "Give a -HalvingFactor, too, such as 2." });
            }

            return null;
        }

        return Try(() => sweep.Halve(new HalvingOptions { Factor = HalvingFactor, FirstEpochs = HalvingEpochs }, points));
    }

    private List<SweepRun> RunAll(Sweep sweep, SweepPoint[] points, RunOptions target)
    {
        var results = new List<SweepRun>();
        SweepPoint current = points[0];
        var remaining = new RemainingTime();
        var events = new EngineEvents
        {
            Progress = p => Show(_progress, (TrainingProgress)p, remaining.After((TrainingProgress)p)),
            Decision = WriteVerbose,
            Warning = WriteWarning,
            Error = e => WriteError(ToRecord(e)),
        };
        ListenToTermination();
        try
        {
            using IEnumerator<SweepRun> runs = Runs().GetEnumerator();
            while (Try(runs.MoveNext))
            {
                results.Add(runs.Current);
                WriteObject(runs.Current);
            }
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // Stop-MedSegRun stopped a run, as a warning has said.
        }
        finally
        {
            Complete(_progress);
            Complete(_whole);
            TellWhatIsSaved(Sweep.RunOf(target, current), last: null);
        }

        return results;

        IEnumerable<SweepRun> Runs() => Plan(sweep, points) is { } halving ? halving.Run(BeginInRound, events, StopToken) : points.Select((point, i) =>
        {
            Begin(point, string.Create(CultureInfo.InvariantCulture, $"Run {i + 1} of {points.Length}"), 100 * i / points.Length);
            return sweep.Run(point, events, StopToken);
        });

        void BeginInRound(SweepPoint point, HalvingRound round, int done, int count) =>
            Begin(point, string.Create(CultureInfo.InvariantCulture, $"Round {round.Number} of {round.Count}, run {done + 1} of {count}"), 100 * ((round.Number - 1) + (done / (double)count)) / round.Count);

        void Begin(SweepPoint point, string status, double percent)
        {
            current = point;
            remaining = new RemainingTime();
            _whole.StatusDescription = status;
            _whole.PercentComplete = (int)percent;
            WriteProgress(_whole);
            _progress.Activity = $"Training {point.Name}";
        }
    }

    private IReadOnlyList<IReadOnlyList<KeyValuePair<string, object>>> Values()
    {
        var known = OptionParameter.Of(typeof(StartMedSegTrainingCommand))
            .Where(option => TrainingOptions.IsOption(option.Key) || option.Key == nameof(Recipe))
            .ToDictionary(option => option.Key, option => option.Value, StringComparer.OrdinalIgnoreCase);
        var values = new SweepValues(known);
        return ParameterSetName switch
        {
            "Grid" => values.Grid(Grid),
            "List" => values.List(List),
            _ => values.Draw(Range, Random, RandomSeed),
        };
    }

    // The recipe of a run gives what neither the run nor a parameter sets.
    private SweepPoint PointOf(IReadOnlyList<KeyValuePair<string, object>> values)
    {
        Recipe given = Recipe;
        try
        {
            Recipe = values.Where(value => value.Key == nameof(Recipe)).Select(value => (Recipe)value.Value).FirstOrDefault(given);
            IEnumerable<KeyValuePair<string, object?>> others = values.Where(value => value.Key != nameof(Recipe)).Select(value => KeyValuePair.Create(value.Key, (object?)value.Value));
            TrainingOptions options = Options().With(others);
            return SweepPoint.Of(values, options);
        }
        finally
        {
            Recipe = given;
        }
    }
}
