using System.Globalization;
using System.Text;
using MedSeg.Errors;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>A Slurm array with a task for each fold of a cross-validation, or for each run of a sweep.</summary>
/// <param name="plan">The tasks.</param>
/// <param name="resources">What each task asks for.</param>
/// <param name="throttle">The largest number of tasks at a time; 0 for as many as there is room for.</param>
internal sealed class SlurmArray(TaskPlan plan, SlurmResources resources, int throttle)
{
    // Enough to finish a step and to write the checkpoint before the task is killed.
    private const int SecondsToSave = 120;

    /// <summary>Gets the path of the script for sbatch.</summary>
    public string ScriptPath => Path.Combine(plan.Run.OutputPath, plan.Run.ModelName + ".sbatch");

    /// <summary>Returns the path of what a task prints.</summary>
    /// <param name="job">The number of the job.</param>
    /// <param name="task">The number of the task.</param>
    public string PrintedPath(string job, int task) => Path.Combine(plan.Run.OutputPath, string.Create(CultureInfo.InvariantCulture, $"{plan.Run.ModelName}-{job}_{task}.txt"));

    /// <summary>Writes the script for sbatch.</summary>
    /// <param name="pwsh">The words that start pwsh.</param>
    public string Script(IReadOnlyList<string> pwsh)
    {
        RunOptions run = plan.Run;
        var text = new StringBuilder("#!/bin/bash\n");
        string[] options =
        [
            $"--job-name={run.ModelName}",
            $"--array={string.Join(',', plan.Tasks.Select(task => task.Number))}{(throttle > 0 ? $"%{throttle}" : string.Empty)}",
            "--ntasks=1",
            $"--output=\"{run.OutputPath.Replace("%", "%%", StringComparison.Ordinal)}/{run.ModelName}-%A_%a.txt\"",
            "--open-mode=append",
            "--requeue",
            $"--signal=B:TERM@{SecondsToSave}",
            .. resources.Options,
        ];
        foreach (string option in options)
        {
            text.Append("#SBATCH ").Append(option).Append('\n');
        }

        // The signal reaches pwsh only where it replaces the shell.
        text.Append("export OMP_NUM_THREADS=\"${SLURM_CPUS_PER_TASK:-1}\" POWERSHELL_TELEMETRY_OPTOUT=1 NO_COLOR=1\n");
        text.Append("exec ").AppendJoin(' ', pwsh.Select(Quote)).Append(" -NoProfile -NonInteractive -File ").Append(Quote(plan.ScriptPath)).Append(" -").Append(plan.Parameter).Append(" \"$SLURM_ARRAY_TASK_ID\"\n");
        return text.ToString();
    }

    /// <summary>Submits the script.</summary>
    /// <exception cref="MedSegException">There is no sbatch (<c>SchedulerMissing</c>), or it refused the script (<c>SchedulerFailed</c>).</exception>
    public SubmittedJob Submit()
    {
        (int code, string output, string error) = SlurmProgram.Run("sbatch", "--parsable", ScriptPath);

        // The name of the cluster may follow the number.
        return code == 0
            ? Submitted(output.Split(';')[0])
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SchedulerFailed, $"{ScriptPath}: sbatch did not accept the script: {error}", ScriptPath)
            {
                Advice = "Change -Partition, -Account, -Time, -Memory, -Gpus or -SchedulerOption as the message says. `sinfo` lists the partitions.",
            };
    }

    private SubmittedJob Submitted(string id) => new()
    {
        JobId = id,
        ModelName = plan.Run.ModelName,
        Folds = plan.Parameter == "Fold" ? [.. plan.Tasks.Select(task => task.Number)] : Array.Empty<int>(),
        Runs = [.. plan.Tasks.Select(task => Path.GetRelativePath(plan.Run.OutputPath, Path.Combine(task.Run.OutputPath, task.Run.ModelName)))],
        OutputPath = plan.Run.OutputPath,
        ScriptPath = ScriptPath,
    };

    private static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
