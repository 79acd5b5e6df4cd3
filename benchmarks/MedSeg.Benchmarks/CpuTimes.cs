using System.Diagnostics;

namespace MedSeg.Benchmarks;

/// <summary>What an action took, in milliseconds. On a machine that others use as well, CPU time varies far less than wall time.</summary>
internal sealed class CpuTimes
{
    /// <summary>Gets the CPU time of all threads of the process together.</summary>
    public Samples Cpu { get; } = new();

    /// <summary>Gets the wall time.</summary>
    public Samples Wall { get; } = new();

    /// <summary>Measures an action once.</summary>
    /// <param name="action">The action.</param>
    /// <param name="isKept">Whether the times are kept; otherwise it is a warm-up.</param>
    public void Measure(Action action, bool isKept)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        action();
        double wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        double cpu = (Environment.CpuUsage.TotalTime - used).TotalMilliseconds;
        if (isKept)
        {
            Wall.Add(wall);
            Cpu.Add(cpu);
        }
    }
}
