using System.Collections.Concurrent;

namespace MedSeg.Threading;

/// <summary>
/// Runs work that reports from its own threads for a caller whose callbacks must run on its thread, as those of a PowerShell pipeline.
/// </summary>
internal static class CallerEvents
{
    private const int Milliseconds = 200;

    /// <summary>Runs work on another thread and calls the callbacks on this one meanwhile.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="work">The work; receives what to report to, and when to stop: also if a callback throws.</param>
    /// <param name="events">The callbacks, or null. Of the progress, only the latest is reported.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The result of the work, which has ended when the method returns or throws.</returns>
    public static T Run<T>(Func<EngineEvents, CancellationToken, T> work, EngineEvents? events, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calls = new ConcurrentQueue<Action>();
        WorkProgress? latest = null;
        var relay = new EngineEvents
        {
            Progress = value => Volatile.Write(ref latest, value),
            Decision = text => calls.Enqueue(() => events?.Decision?.Invoke(text)),
            Warning = text => calls.Enqueue(() => events?.Warning?.Invoke(text)),
            Error = error => calls.Enqueue(() => events?.Error?.Invoke(error)),
        };
        Task<T> task = Task.Run(() => work(relay, stop.Token), CancellationToken.None);
        try
        {
            bool hasEnded;
            do
            {
                hasEnded = ((IAsyncResult)task).AsyncWaitHandle.WaitOne(Milliseconds);
                while (calls.TryDequeue(out Action? call))
                {
                    call();
                }

                if (!hasEnded && Interlocked.Exchange(ref latest, null) is { } value)
                {
                    events?.Progress?.Invoke(value);
                }
            }
            while (!hasEnded);
        }
        finally
        {
            // A callback has thrown if the work has not ended.
            if (!task.IsCompleted)
            {
                stop.Cancel();
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            }
        }

        return task.GetAwaiter().GetResult();
    }
}
