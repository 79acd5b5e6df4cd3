using System.Runtime.ExceptionServices;
using MedSeg.Errors;

namespace MedSeg.Threading;

/// <summary>Loops over several processors whose errors are those of the work itself.</summary>
internal static class ParallelLoop
{
    /// <summary>Does a piece of work for each number.</summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="work">The work, for each number from 0.</param>
    /// <param name="cancellationToken">Stops the loop.</param>
    /// <exception cref="MedSegException">A piece gave this error; of several, one of them.</exception>
    public static void For(int count, Action<int> work, CancellationToken cancellationToken = default)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<MedSegException>().FirstOrDefault() is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
