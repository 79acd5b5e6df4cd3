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

    /// <summary>Makes the error of runs whose results were to be collected.</summary>
    /// <param name="runs">The runs that are not finished.</param>
    /// <param name="count">The number of all runs.</param>
    /// <param name="noun">What they are: folds or runs.</param>
    internal static MedSegException Unfinished(IReadOnlyList<RunOptions> runs, int count, string noun)
    {
        string states = string.Join("; ", runs.Select(run => $"{Path.GetRelativePath(Path.GetDirectoryName(run.OutputPath) ?? run.OutputPath, Path.Combine(run.OutputPath, run.ModelName))} {StateOf(run)}"));
        return new MedSegException(ErrorKind.NotFound, ErrorIds.RunsUnfinished, $"{runs.Count} of {count} {noun} {(runs.Count == 1 ? "is" : "are")} not finished: {states}.")
        {
            Advice = "Wait until they are finished (Get-MedSegRun), or continue them with the same command and -Resume in place of -Collect.",
        };
    }

    private static string StateOf(RunOptions run) => Read(run) is { } info
        ? FormattableString.Invariant($"{info.State} at epoch {info.Epoch} of {info.Epochs}{(info.Error is { } error ? $" ({error.TrimEnd('.')})" : "")}")
        : "has not started";

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
