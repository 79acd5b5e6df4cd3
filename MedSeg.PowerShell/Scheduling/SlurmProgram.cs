using System.ComponentModel;
using System.Diagnostics;
using MedSeg.Errors;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>Runs the programs of Slurm.</summary>
internal static class SlurmProgram
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The exit code, and what it printed, without white space around.</returns>
    /// <exception cref="MedSegException">The program cannot be started (<c>SchedulerMissing</c>).</exception>
    public static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result.Trim());
        }
        catch (Win32Exception e)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.SchedulerMissing, $"{program} cannot be started: {e.Message}", innerException: e)
            {
                Advice = "Run the command on a login node of the cluster. Without -Scheduler, it trains on this machine.",
            };
        }
    }
}
