using System.Runtime.ExceptionServices;
using MedSeg.Errors;

namespace MedSeg.Threading;

/// <summary>Runs loops on all CPU cores and throws the work's own exceptions, not an <see cref="AggregateException"/>.</summary>
internal static class ParallelLoop
{
    /// <summary>Runs an action for each index.</summary>
    /// <param name="count">The number of iterations.</param>
    /// <param name="work">The action; receives the index, from 0.</param>
    /// <param name="cancellationToken">Cancels the loop.</param>
    /// <exception cref="MedSegException">An iteration threw it; if several did, one of them is rethrown. Other exceptions are rethrown if there is none.</exception>
    public static void For(int count, Action<int> work, CancellationToken cancellationToken = default)
    {
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, count, options, work);
        }
        catch (AggregateException e)
        {
            var all = e.Flatten().InnerExceptions;
            ExceptionDispatchInfo.Throw(all.OfType<MedSegException>().FirstOrDefault() ?? all[0]);
        }
    }

    /// <summary>Runs an action for each index, and reports how many are done.</summary>
    /// <param name="count">The number of iterations.</param>
    /// <param name="work">The action; receives the index, from 0.</param>
    /// <param name="stage">The <see cref="WorkProgress.Stage"/>; null for the work itself.</param>
    /// <param name="events">Receives the progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Cancels the loop.</param>
    /// <exception cref="MedSegException">As <see cref="For(int, Action{int}, CancellationToken)"/>.</exception>
    public static void For(int count, Action<int> work, string? stage, EngineEvents? events, CancellationToken cancellationToken)
    {
        int done = 0;
        For(
            count,
            i =>
            {
                work(i);
                events?.Progress?.Invoke(new WorkProgress(Interlocked.Increment(ref done), count) { Stage = stage });
            },
            cancellationToken);
    }

    /// <summary>Runs an action for each index, which are begun in their order: the first ones need what is there first.</summary>
    /// <param name="count">The number of iterations.</param>
    /// <param name="work">The action; receives the index, from 0.</param>
    /// <exception cref="MedSegException">As <see cref="For(int, Action{int}, CancellationToken)"/>.</exception>
    public static void InOrder(int count, Action<int> work)
    {
        int next = -1;
        For(Math.Min(count, Environment.ProcessorCount), _ =>
        {
            while (Interlocked.Increment(ref next) is int index && index < count)
            {
                work(index);
            }
        });
    }
}
