using System.Diagnostics;
using System.Globalization;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>The states of the tasks of a job that was submitted, as squeue shows them.</summary>
/// <param name="job">The number of the job.</param>
/// <param name="tasks">The numbers of its tasks.</param>
/// <param name="warn">Receives a warning when squeue does not answer.</param>
internal sealed class SlurmQueue(string job, IReadOnlyList<int> tasks, Action<string> warn)
{
    private const int LongestPauseSeconds = 30;
    private const double PauseShare = 0.05;
    private const string Completed = "COMPLETED";
    private static readonly string[] s_ended =
        [Completed, "FAILED", "CANCELLED", "TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL", "BOOT_FAIL", "DEADLINE", "PREEMPTED", "REVOKED"];

    private readonly Dictionary<int, string> _states = [];
    private readonly HashSet<int> _listed = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private bool _isSilent;

    /// <summary>Gets how long to wait before the next look: longer for jobs that take long, so that the controller is not kept busy.</summary>
    public TimeSpan Pause => TimeSpan.FromSeconds(Math.Clamp(PauseShare * Stopwatch.GetElapsedTime(_started).TotalSeconds, 1, LongestPauseSeconds));

    /// <summary>Gets a value indicating whether the last state of all tasks was that of success.</summary>
    public bool AllCompleted => tasks.All(task => StateOf(task) == Completed);

    /// <summary>Gets the tasks that failed or were stopped, and their last state.</summary>
    public IEnumerable<(int Task, string State)> Failed => tasks.Select(task => (task, StateOf(task))).Where(task => s_ended.Contains(task.Item2) && task.Item2 != Completed);

    /// <summary>Asks for the states.</summary>
    /// <returns>Whether all tasks have ended.</returns>
    /// <exception cref="Errors.MedSegException">There is no squeue (<c>SchedulerMissing</c>).</exception>
    public bool Look()
    {
        (int code, string output, string error) = SlurmProgram.Run("squeue", "--noheader", "--array", "--states=all", $"--jobs={job}", "--format=%K %T");

        // Slurm forgets a job some minutes after its end.
        bool isForgotten = code != 0 && error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase);
        if (code != 0 && !isForgotten)
        {
            WarnOnce(error);
            return false;
        }

        _isSilent = false;
        _listed.Clear();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ', 2);
            if (words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int task))
            {
                _listed.Add(task);
                _states[task] = words[1];
            }
        }

        return tasks.All(HasEnded);
    }

    /// <summary>Says how many tasks are done, run and wait.</summary>
    public override string ToString()
    {
        int done = tasks.Count(HasEnded);
        int running = tasks.Count(task => !HasEnded(task) && StateOf(task) is "RUNNING" or "COMPLETING");
        return string.Create(CultureInfo.InvariantCulture, $"{done} of {tasks.Count} done, {running} running, {tasks.Count - done - running} waiting");
    }

    private string StateOf(int task) => _states.GetValueOrDefault(task, string.Empty);

    private bool HasEnded(int task) => !_listed.Contains(task) || s_ended.Contains(StateOf(task));

    // The controller may be restarted while a job trains for days.
    private void WarnOnce(string error)
    {
        if (!_isSilent)
        {
            warn($"squeue does not answer, so it is not known whether job {job} has ended. Waiting continues. squeue says: {error}");
            _isSilent = true;
        }
    }
}
