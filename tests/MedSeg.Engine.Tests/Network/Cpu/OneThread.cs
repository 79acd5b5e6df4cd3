using MedSeg.Devices;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>Runs arithmetic on the calling thread alone.</summary>
internal static class OneThread
{
    /// <summary>Calls a function while all threads of <see cref="CpuParallel"/> are busy for another caller.</summary>
    /// <param name="work">The function.</param>
    /// <returns>Its result.</returns>
    public static T Run<T>(Func<T> work)
    {
        using var begun = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var other = new Thread(() => CpuParallel.For(CpuParallel.Threads, long.MaxValue, _ =>
        {
            begun.Set();
            ended.Wait();
        }));
        other.Start();
        begun.Wait();
        try
        {
            return work();
        }
        finally
        {
            ended.Set();
            other.Join();
        }
    }
}
