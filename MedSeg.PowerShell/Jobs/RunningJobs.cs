namespace MedSeg.PowerShell.Jobs;

/// <summary>The jobs that run now. When the process ends, as after <c>exit</c>, they are stopped and save what they save at a stop.</summary>
internal static class RunningJobs
{
    private static readonly object s_lock = new();
    private static readonly List<CommandJob> s_jobs = [];
    private static bool s_isListening;

    /// <summary>Adds a job that starts.</summary>
    /// <param name="job">The job.</param>
    public static void Add(CommandJob job)
    {
        lock (s_lock)
        {
            s_jobs.Add(job);
            if (!s_isListening)
            {
                s_isListening = true;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAll();
            }
        }
    }

    /// <summary>Removes a job that has ended.</summary>
    /// <param name="job">The job.</param>
    public static void Remove(CommandJob job)
    {
        lock (s_lock)
        {
            s_jobs.Remove(job);
        }
    }

    private static void StopAll()
    {
        // The job that ends the process after SIGTERM is the caller: it has saved everything, and cannot wait for itself.
        if (TerminationSignal.IsExiting)
        {
            return;
        }

        CommandJob[] jobs;
        lock (s_lock)
        {
            jobs = [.. s_jobs];
        }

        if (jobs.Length == 0)
        {
            return;
        }

        Console.Error.WriteLine($"Stopping {(jobs.Length == 1 ? "a job" : $"{jobs.Length} jobs")} of MedSeg: training finishes the current step and saves a checkpoint.");
        Array.ForEach(jobs, job => job.BeginStop());
        Array.ForEach(jobs, job => job.WaitForEnd());
    }
}
