using System.Diagnostics;
using System.Globalization;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>Runs tasks as processes of this machine, some at a time.</summary>
/// <param name="plan">The tasks, whose script is written.</param>
/// <param name="pwsh">The words that start pwsh.</param>
/// <param name="throttle">The largest number of processes at a time.</param>
internal sealed class LocalTasks(TaskPlan plan, IReadOnlyList<string> pwsh, int throttle)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly List<LocalTask> _running = [];

    /// <summary>Gets the runs that were stopped before their end.</summary>
    public IReadOnlyList<RunOptions> Stopped { get; private set; } = [];

    /// <summary>Runs all tasks. One that fails does not keep the others from running.</summary>
    /// <param name="progress">Called several times a second, with the number of tasks that ended and the tasks that run.</param>
    /// <param name="cancellationToken">Asks the runs to save a checkpoint and to end, and then waits for them.</param>
    /// <returns>Each task when it has ended.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<LocalTask> Run(Action<int, IReadOnlyList<LocalTask>> progress, CancellationToken cancellationToken)
    {
        var left = new Queue<(int Number, RunOptions Run)>(plan.Tasks);
        int ended = 0;
        try
        {
            while (left.Count > 0 || _running.Count > 0)
            {
                while (left.Count > 0 && _running.Count < throttle)
                {
                    (int number, RunOptions run) = left.Dequeue();
                    _running.Add(new LocalTask(number, run, Start(number)));
                }

                progress(ended, _running);
                cancellationToken.WaitHandle.WaitOne(s_interval);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (LocalTask task in _running.Where(task => task.Process.HasExited).ToArray())
                {
                    _running.Remove(task);
                    ended++;
                    using (task.Process)
                    {
                        task.Complete();
                    }

                    yield return task;
                }
            }
        }
        finally
        {
            Stop();
        }
    }

    private Process Start(int number)
    {
        var start = new ProcessStartInfo(pwsh[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string word in (string[])[.. pwsh.Skip(1), "-NoProfile", "-NonInteractive", "-File", plan.ScriptPath, $"-{plan.Parameter}", number.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(word);
        }

        // Processes that each use all cores would be slower together than one after the other.
        int cores = Math.Max(1, Environment.ProcessorCount / Math.Min(throttle, plan.Tasks.Count));
        start.Environment.TryAdd("OMP_NUM_THREADS", cores.ToString(CultureInfo.InvariantCulture));
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["NO_COLOR"] = "1";
        return Process.Start(start)!;
    }

    // A process that does not train yet has nothing to save.
    private void Stop()
    {
        Stopped = [.. _running.Select(task => task.Run)];
        while (_running.Count > 0)
        {
            foreach (LocalTask task in _running.ToArray())
            {
                if (task.Process.HasExited)
                {
                    _running.Remove(task);
                    task.Process.Dispose();
                }
                else if (!RunControl.RequestStop(task.Run))
                {
                    task.Process.Kill(entireProcessTree: true);
                }
            }

            Thread.Sleep(s_interval);
        }
    }
}
