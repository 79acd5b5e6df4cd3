using System.Diagnostics;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>A run that is a process of this machine.</summary>
/// <param name="number">The number of the task.</param>
/// <param name="run">Where the run writes.</param>
/// <param name="process">The process, whose output is read from now on.</param>
internal sealed class LocalTask(int number, RunOptions run, Process process)
{
    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _error = process.StandardError.ReadToEndAsync();

    /// <summary>Gets the number of the task.</summary>
    public int Number => number;

    /// <summary>Gets where the run writes.</summary>
    public RunOptions Run => run;

    /// <summary>Gets the process; disposed of when the task is returned.</summary>
    public Process Process => process;

    /// <summary>Gets the exit code, once the task is complete.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Gets what the process printed, once the task is complete: its output, then its errors.</summary>
    public string Output { get; private set; } = string.Empty;

    /// <summary>Takes the exit code and the output of a process that has ended.</summary>
    public void Complete()
    {
        process.WaitForExit();
        ExitCode = process.ExitCode;
        Output = _output.Result + _error.Result;
    }
}
