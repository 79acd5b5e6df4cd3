using System.Runtime.ExceptionServices;

namespace MedSeg.Devices;

/// <summary>
/// Splits arithmetic among the CPU's cores. Between two calls, which in training follow each other within microseconds, its threads
/// spin for a moment before they sleep, because waking one takes as long as some of the convolutions.
/// </summary>
internal static class CpuParallel
{
    // From this many operations of a convolution on, a second thread is worth it; and if it has to be woken.
    private const long MinimumOperations = 1 << 18;
    private const long MinimumOperationsAsleep = 1 << 20;

    // How long a thread spins before it sleeps: about 0.2 ms.
    private const int SpinTurns = 5000;

    private static readonly object s_caller = new();
    private static readonly Lazy<int> s_threads = new(TorchSettings.ReserveThreads);
    private static readonly SemaphoreSlim s_asleep = new(0);
    private static int s_sleepers;
    private static bool s_isStarted;
    private static Share? s_current;

    /// <summary>Gets the number of threads that share the work: as many as torch would use, which OMP_NUM_THREADS may limit.</summary>
    public static int Threads => s_threads.Value;

    /// <summary>Calls an action for each index, in any order and on several threads if that is worth it.</summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="operations">The approximate number of operations of all pieces together.</param>
    /// <param name="work">Computes one piece; its result must not depend on the others.</param>
    public static void For(int count, long operations, Action<int> work)
    {
        bool torchConvolves = !CpuFeatures.PrefersOwnConvolutions;
        if (count < 2 || operations < (torchConvolves ? MinimumOperationsAsleep : MinimumOperations))
        {
            RunAlone(count, work);
        }
        else if (torchConvolves)
        {
            RunOnThreadPool(count, work);
        }
        else if (Threads > 1 && Monitor.TryEnter(s_caller))
        {
            RunTogether(count, work);
        }
        else
        {
            // The threads are busy for another caller, as when two trainings run in one process.
            RunAlone(count, work);
        }
    }

    /// <summary>Calls an action for each index, as <see cref="For"/> does, while torch has all threads: none of them spins afterwards.</summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="operations">The approximate number of operations of all pieces together.</param>
    /// <param name="work">Computes one piece; its result must not depend on the others.</param>
    public static void ForBesideTorch(int count, long operations, Action<int> work)
    {
        if (count < 2 || Threads < 2 || operations < MinimumOperationsAsleep)
        {
            RunAlone(count, work);
        }
        else
        {
            RunOnThreadPool(count, work);
        }
    }

    private static void RunAlone(int count, Action<int> work)
    {
        for (int i = 0; i < count; i++)
        {
            work(i);
        }
    }

    // The caller holds the lock s_caller.
    private static void RunTogether(int count, Action<int> work)
    {
        try
        {
            Start();
            var share = new Share(count, work);
            Volatile.Write(ref s_current, share);

            // A thread that falls asleep now is either counted here or sees the share.
            Interlocked.MemoryBarrier();
            int asleep = Volatile.Read(ref s_sleepers);
            if (asleep > 0)
            {
                s_asleep.Release(Math.Min(asleep, count - 1));
            }

            share.Work();
            Volatile.Write(ref s_current, null);
            share.WaitForOthers();
        }
        finally
        {
            Monitor.Exit(s_caller);
        }
    }

    // Spinning threads would slow down torch's own.
    private static void RunOnThreadPool(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static void Start()
    {
        if (s_isStarted)
        {
            return;
        }

        s_isStarted = true;
        for (int i = 1; i < Threads; i++)
        {
            new Thread(Help) { IsBackground = true, Name = "MedSeg arithmetic" }.Start();
        }
    }

    private static void Help()
    {
        Share? last = null;
        while (true)
        {
            Share? share = Wait(last);
            if (share is not null)
            {
                share.Work();
                last = share;
            }
        }
    }

    private static Share? Wait(Share? last)
    {
        for (int turn = 0; turn < SpinTurns; turn++)
        {
            if (Volatile.Read(ref s_current) is { } share && share != last)
            {
                return share;
            }

            Thread.SpinWait(1);
        }

        // A share that was published in between may not have counted this thread.
        Interlocked.Increment(ref s_sleepers);
        if (Volatile.Read(ref s_current) is not { } late || late == last)
        {
            s_asleep.Wait();
        }

        Interlocked.Decrement(ref s_sleepers);
        return Volatile.Read(ref s_current) is { } next && next != last ? next : null;
    }

    /// <summary>Pieces of work, which the threads take one by one.</summary>
    private sealed class Share(int count, Action<int> work)
    {
        private int _next;
        private int _done;
        private ExceptionDispatchInfo? _error;

        public void Work()
        {
            for (int i = Interlocked.Increment(ref _next) - 1; i < count; i = Interlocked.Increment(ref _next) - 1)
            {
                try
                {
                    work(i);
                }
                catch (Exception e)
                {
                    // Memory can run out. The caller rethrows the error.
                    _error = ExceptionDispatchInfo.Capture(e);
                }

                Interlocked.Increment(ref _done);
            }
        }

        public void WaitForOthers()
        {
            var spin = default(SpinWait);
            while (Volatile.Read(ref _done) < count)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            _error?.Throw();
        }
    }
}
