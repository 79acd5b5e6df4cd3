using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Validation;
using MedSeg.Threading;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains with several sets of options and compares the models on the same validation slices.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MedSegSweep", DefaultParameterSetName = "Grid", SupportsShouldProcess = true)]
[OutputType(typeof(SweepRun))]
public sealed class InvokeMedSegSweepCommand : HeldOutCmdlet
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
    [ValidateRange(1, MaxRuns)]
    public int Random { get; set; }

    /// <summary>Gets or sets the range of each option that is drawn.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Random")]
    [ValidateNotNull]
    public IDictionary Range { get; set; } = null!;

    /// <summary>Gets or sets the seed of the draws.</summary>
    [Parameter(ParameterSetName = "Random")]
    [ValidateRange(0, int.MaxValue)]
    public int RandomSeed { get; set; }

    /// <summary>Gets or sets the file for the options of the best run.</summary>
    [Parameter]
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
        Sweep sweep = Try(() => new Sweep(Dataset, points, target, ValidationDataset));
        SweepPoint[] approved = [.. points.Where(point => ShouldProcess(Sweep.RunOf(target, point).OutputPath, $"Train {EpochsOf(point.Options)} on {Slices}"))];
        if (approved.Length == 0)
        {
            return;
        }

        List<(SweepPoint Point, SweepRun Run)> results = RunAll(sweep, approved, target);
        if (bestPath is not null && results.Where(result => result.Run.ValidationDice is not null).MaxBy(result => result.Run.ValidationDice) is { Point: { } best } found)
        {
            string note = string.Create(CultureInfo.InvariantCulture, $"The best of {results.Count} runs of a sweep: {best.Name}, validation Dice {found.Run.ValidationDice:0.0000}; for Start-MedSegTraining -OptionsPath.");
            string text = isJson ? OptionsText.ToJson(best.Options) : OptionsText.ToPowerShellData(best.Options, [note]);
            WriteOutput(bestPath, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            WriteVerbose($"{bestPath}: {note}");
        }
    }

    private List<(SweepPoint Point, SweepRun Run)> RunAll(Sweep sweep, SweepPoint[] points, RunOptions target)
    {
        var results = new List<(SweepPoint, SweepRun)>();
        SweepPoint current = points[0];
        ListenToTermination();
        try
        {
            foreach (SweepPoint point in points)
            {
                current = point;
                Begin(point, results.Count, points.Length);
                var remaining = new RemainingTime();
                var events = new EngineEvents
                {
                    Progress = p => Show(_progress, (TrainingProgress)p, remaining.After((TrainingProgress)p)),
                    Decision = WriteVerbose,
                    Warning = WriteWarning,
                    Error = e => WriteError(ToRecord(e)),
                };
                SweepRun run = Try(() => sweep.Run(point, events, StopToken));
                results.Add((point, run));
                WriteObject(run);
            }
        }
        finally
        {
            Complete(_progress);
            Complete(_whole);
            TellWhatIsSaved(Sweep.RunOf(target, current), last: null);
        }

        return results;
    }

    private void Begin(SweepPoint point, int done, int count)
    {
        _whole.StatusDescription = string.Create(CultureInfo.InvariantCulture, $"Run {done + 1} of {count}");
        _whole.PercentComplete = 100 * done / count;
        WriteProgress(_whole);
        _progress.Activity = $"Training {point.Name}";
    }

    private IReadOnlyList<IReadOnlyList<KeyValuePair<string, object>>> Values()
    {
        var known = OptionParameter.Of(typeof(StartMedSegTrainingCommand), [])
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
