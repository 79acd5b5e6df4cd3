using System.Globalization;
using System.Management.Automation.Language;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>The runs of a command that are processes of their own: the tasks of a Slurm array, or processes of this machine.</summary>
internal sealed record TaskPlan
{
    /// <summary>Gets where all runs write, and how they start.</summary>
    public required RunOptions Run { get; init; }

    /// <summary>Gets the name of the command.</summary>
    public required string Command { get; init; }

    /// <summary>Gets the parameter of the script that says which run to train: Fold or Run.</summary>
    public required string Parameter { get; init; }

    /// <summary>Gets the number of each task and where its run writes.</summary>
    public required IReadOnlyList<(int Number, RunOptions Run)> Tasks { get; init; }

    /// <summary>Gets the lines of the script before the options.</summary>
    public string Setup { get; init; } = string.Empty;

    /// <summary>Gets the parameters of Start-MedSegTraining that differ between the tasks, with an expression of their value.</summary>
    public required IReadOnlyList<(string Name, string Value)> Parameters { get; init; }

    /// <summary>Gets the options files that the tasks read: their path, the options of a run, and the option that is not written.</summary>
    public required IReadOnlyList<(string Path, TrainingOptions Options, string? Except)> OptionsFiles { get; init; }

    /// <summary>Gets what a task trains, for messages: fold or run.</summary>
    public string Noun => Parameter.ToLowerInvariant();

    /// <summary>Gets the path of the script that trains the run of a task.</summary>
    public string ScriptPath => Path.Combine(Run.OutputPath, $"{Run.ModelName}-{Noun}.ps1");

    /// <summary>Gets the number of tasks in words.</summary>
    public string Count => Tasks.Count == 1 ? $"1 {Noun}" : $"{Tasks.Count} {Noun}s";

    /// <summary>Makes the tasks of a cross-validation: one for each fold.</summary>
    /// <param name="validation">The folds.</param>
    /// <param name="options">The options of all folds.</param>
    /// <param name="run">Where the folds write.</param>
    public static TaskPlan Of(CrossValidation validation, TrainingOptions options, RunOptions run)
    {
        string path = Path.Combine(run.OutputPath, run.ModelName + "-options.psd1");
        return new TaskPlan
        {
            Run = run,
            Command = "Invoke-MedSegCrossValidation",
            Parameter = "Fold",
            Tasks = [.. validation.Folds.Select(fold => (fold, CrossValidation.RunOf(run, fold)))],
            Parameters = [("OptionsPath", Quote(path)), ("OutputPath", Quote(run.OutputPath)), ("ModelName", $"{Quote(run.ModelName + "-fold")} + $Fold"), ("Fold", "$Fold")],
            OptionsFiles = [(path, options, nameof(TrainingOptions.Fold))],
        };
    }

    /// <summary>Makes the tasks of a sweep: one for each run.</summary>
    /// <param name="points">The options of the runs.</param>
    /// <param name="run">Where the sweep writes.</param>
    public static TaskPlan Of(IReadOnlyList<SweepPoint> points, RunOptions run)
    {
        string names = string.Join('\n', points.Select(point => $"    {Quote(point.Name)}"));
        string file = run.ModelName + "-options.psd1";
        return new TaskPlan
        {
            Run = run,
            Command = "Invoke-MedSegSweep",
            Parameter = "Run",
            Tasks = [.. points.Select((point, i) => (i + 1, Sweep.RunOf(run, point)))],
            Setup = string.Create(CultureInfo.InvariantCulture, $"$names = @(\n{names}\n)\n$folder = Join-Path {Quote(run.OutputPath)} $names[$Run - 1]\n"),
            Parameters = [("OptionsPath", $"Join-Path $folder {Quote(file)}"), ("OutputPath", "$folder"), ("ModelName", Quote(run.ModelName))],
            OptionsFiles = [.. points.Select(point => (Path.Combine(Sweep.RunOf(run, point).OutputPath, file), point.Options, (string?)null))],
        };
    }

    /// <summary>Quotes a text for PowerShell.</summary>
    /// <param name="value">The text.</param>
    public static string Quote(string value) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
}
