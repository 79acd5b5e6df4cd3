using System.Globalization;
using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that wait for runs.</summary>
public abstract class WaitingCmdlet : RunCmdlet
{
    /// <summary>Gets or sets how long to wait, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int TimeoutSeconds { get; set; }

    /// <summary>Gets a value indicating whether a time was given.</summary>
    private protected bool HasTimeout => TimeoutSeconds > 0;

    /// <summary>Waits until runs end and outputs each that does; a run that is still running when the time is over is an error.</summary>
    /// <param name="runs">Where the runs write.</param>
    private protected void WaitFor(IReadOnlyCollection<RunOptions> runs)
    {
        var left = new HashSet<RunOptions>(runs);
        using IEnumerator<RunOptions> ended = RunControl.WaitForEnd(runs, HasTimeout ? TimeSpan.FromSeconds(TimeoutSeconds) : null, StopToken).GetEnumerator();
        while (Try(ended.MoveNext))
        {
            left.Remove(ended.Current);
            if (RunControl.Read(ended.Current) is { } info)
            {
                WriteObject(info);
            }
        }

        foreach (RunOptions run in left)
        {
            string time = TimeoutSeconds.ToString("N0", CultureInfo.InvariantCulture);
            WriteError(ToRecord(new MedSegException(ErrorKind.AlreadyExists, ErrorIds.RunStillRunning, $"{run.StatusPath}: The run is still running after {time} seconds.", run.StatusPath)
            {
                Advice = "Wait longer. A run that was asked to stop first finishes its step, or the validation of an epoch.",
            }));
        }
    }
}
