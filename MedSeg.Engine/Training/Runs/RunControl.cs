using System.Diagnostics;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>Stops runs of other processes, and waits for them.</summary>
public static class RunControl
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Checks whether a process is training a run.</summary>
    /// <param name="run">Where the run writes.</param>
    public static bool IsRunning(RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return RunLock.IsHeld(run.LockPath);
    }

    /// <summary>Reads the state of a run.</summary>
    /// <param name="run">Where the run writes.</param>
    /// <returns>The state; null where its status file is missing or damaged.</returns>
    public static RunInfo? Read(RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return RunInfo.Read(run.StatusPath);
    }

    /// <summary>Asks a run to finish its step, save a checkpoint and end. This method does not wait for it.</summary>
    /// <param name="run">Where the run writes.</param>
    /// <returns>Whether the run is running, and so was asked.</returns>
    /// <exception cref="MedSegException">The request cannot be written to the folder (<c>WriteFailed</c>).</exception>
    public static bool RequestStop(RunOptions run)
    {
        if (!IsRunning(run))
        {
            return false;
        }

        StopRequest.Make(run);
        if (IsRunning(run))
        {
            return true;
        }

        // It ended meanwhile; the next run of this name is not meant.
        AtomicFile.DeleteQuietly(run.StopPath);
        return false;
    }

    /// <summary>Waits until runs end, and returns each that does.</summary>
    /// <param name="runs">Where the runs write.</param>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <param name="cancellationToken">Ends waiting; the runs continue.</param>
    /// <returns>The runs that are not running, in the order in which they end; when the time is over, the others are left out.</returns>
    /// <exception cref="OperationCanceledException">Waiting was ended.</exception>
    public static IEnumerable<RunOptions> WaitForEnd(IEnumerable<RunOptions> runs, TimeSpan? timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return Wait([.. runs], timeout, cancellationToken);
    }

    private static IEnumerable<RunOptions> Wait(List<RunOptions> left, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach (RunOptions ended in left.Where(run => !IsRunning(run)).ToArray())
            {
                left.Remove(ended);
                yield return ended;
            }

            if (left.Count == 0 || (timeout is { } most && Stopwatch.GetElapsedTime(started) >= most))
            {
                yield break;
            }

            cancellationToken.WaitHandle.WaitOne(s_interval);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
