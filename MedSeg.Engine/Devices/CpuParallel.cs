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
            var share = new Share(count, Threads, work);
            Volatile.Write(ref s_current, share);

            // A thread that falls asleep now is either counted here or sees the share.
            Interlocked.MemoryBarrier();
            int asleep = Volatile.Read(ref s_sleepers);
            if (asleep > 0)
            {
                s_asleep.Release(Math.Min(asleep, count - 1));
            }

            share.Work(thread: 0);
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
            int thread = i;
            new Thread(() => Help(thread)) { IsBackground = true, Name = "MedSeg arithmetic" }.Start();
        }
    }

    private static void Help(int thread)
    {
        Share? last = null;
        while (true)
        {
            Share? share = Wait(last);
            if (share is not null)
            {
                share.Work(thread);
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

    /// <summary>
    /// Pieces of work. Each thread begins with a part of its own, the same one in each layer, so that most of what it reads is in its own cache; what
    /// other threads have not begun, it takes from the end of their parts.
    /// </summary>
    private sealed class Share
    {
        // Counters a cache line apart, so that threads do not wait for each other's.
        private const int Line = 16;

        private readonly Action<int> _work;
        private readonly int _count;
        private readonly int _threads;

        // The next piece of each thread's part, and the one after its last, in the lower and the upper half.
        private readonly long[] _parts;
        private int _done;
        private ExceptionDispatchInfo? _error;

        public Share(int count, int threads, Action<int> work)
        {
            (_count, _threads, _work) = (count, threads, work);
            _parts = new long[threads * Line];
            for (int thread = 0; thread < threads; thread++)
            {
                _parts[thread * Line] = (count * (long)thread / threads) | ((count * (thread + 1L) / threads) << 32);
            }
        }

        /// <summary>Computes the pieces of a thread's part, and then what is left of the others.</summary>
        /// <param name="thread">The index of the thread; 0 is the caller.</param>
        public void Work(int thread)
        {
            int done = 0;
            for (int part = 0; part < _threads; part++)
            {
                while (Take(ref _parts[(thread + part) % _threads * Line], isOwn: part == 0) is >= 0 and var piece)
                {
                    Compute(piece);
                    done++;
                }
            }

            Interlocked.Add(ref _done, done);
        }

        public void WaitForOthers()
        {
            var spin = default(SpinWait);
            while (Volatile.Read(ref _done) < _count)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            _error?.Throw();
        }

        private void Compute(int piece)
        {
            try
            {
                _work(piece);
            }
            catch (Exception e)
            {
                // Memory can run out. The caller rethrows the error.
                _error = ExceptionDispatchInfo.Capture(e);
            }
        }

        // The first piece of the thread's own part, or the last one of another's; -1 if none is left.
        private static int Take(ref long part, bool isOwn)
        {
            while (true)
            {
                long seen = Volatile.Read(ref part);
                (int next, int end) = ((int)seen, (int)(seen >> 32));
                if (next >= end)
                {
                    return -1;
                }

                if (Interlocked.CompareExchange(ref part, isOwn ? seen + 1 : seen - (1L << 32), seen) == seen)
                {
                    return isOwn ? next : end - 1;
                }
            }
        }
    }
}
