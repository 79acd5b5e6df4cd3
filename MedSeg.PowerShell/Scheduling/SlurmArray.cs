using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using MedSeg.Errors;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>A Slurm array with a task for each fold of a cross-validation.</summary>
/// <param name="run">Where the folds write.</param>
/// <param name="folds">The folds.</param>
/// <param name="resources">What each task asks for.</param>
internal sealed class SlurmArray(RunOptions run, IReadOnlyList<int> folds, SlurmResources resources)
{
    // Enough to finish a step and to write the checkpoint before the task is killed.
    private const int SecondsToSave = 120;

    /// <summary>Gets the path of the script for sbatch.</summary>
    public string ScriptPath => Path.Combine(run.OutputPath, run.ModelName + ".sbatch");

    /// <summary>Gets the path of the script that trains a fold.</summary>
    public string TaskPath => Path.Combine(run.OutputPath, run.ModelName + "-fold.ps1");

    /// <summary>Writes the script for sbatch.</summary>
    /// <param name="pwsh">The words that start pwsh.</param>
    public string Script(IReadOnlyList<string> pwsh)
    {
        var text = new StringBuilder("#!/bin/bash\n");
        string[] options =
        [
            $"--job-name={run.ModelName}",
            $"--array={string.Join(',', folds)}",
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
        text.Append("exec ").AppendJoin(' ', pwsh.Select(Quote)).Append(" -NoProfile -NonInteractive -File ").Append(Quote(TaskPath)).Append(" -Fold \"$SLURM_ARRAY_TASK_ID\"\n");
        return text.ToString();
    }

    /// <summary>Submits the script.</summary>
    /// <exception cref="MedSegException">There is no sbatch (<c>SchedulerMissing</c>), or it refused the script (<c>SchedulerFailed</c>).</exception>
    public SubmittedJob Submit()
    {
        try
        {
            using Process sbatch = Process.Start(new ProcessStartInfo("sbatch", ["--parsable", ScriptPath]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> error = sbatch.StandardError.ReadToEndAsync();
            string output = sbatch.StandardOutput.ReadToEnd().Trim();
            sbatch.WaitForExit();

            // The name of the cluster may follow the number.
            return sbatch.ExitCode == 0
                ? new SubmittedJob { JobId = output.Split(';')[0], ModelName = run.ModelName, Folds = folds.ToArray(), OutputPath = run.OutputPath, ScriptPath = ScriptPath }
                : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SchedulerFailed, $"{ScriptPath}: sbatch did not accept the script: {error.Result.Trim()}", ScriptPath)
                {
                    Advice = "Change -Partition, -Account, -Time, -Memory, -Gpus or -SchedulerOption as the message says. `sinfo` lists the partitions.",
                };
        }
        catch (Win32Exception e)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.SchedulerMissing, $"sbatch cannot be started: {e.Message}", innerException: e)
            {
                Advice = "Run the command on a login node of the cluster. Without -Scheduler, it trains on this machine.",
            };
        }
    }

    private static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
