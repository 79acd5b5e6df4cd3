using System.Runtime.ExceptionServices;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>
/// Shares out pieces of arithmetic to the processors. Between two shares, which in training follow each other within microseconds,
/// its threads wait awake for a moment, since to wake one takes as long as many a convolution.
/// </summary>
internal static class CpuParallel
{
    // From here on a second thread pays, in operations of a convolution; and where it must be woken.
    private const long LeastOperations = 1 << 19;
    private const long LeastOperationsAsleep = 1 << 20;

    // How long a thread waits awake: some 0.2 ms.
    private const int AwakeTurns = 5000;

    private static readonly object s_caller = new();
    private static readonly int s_helpers = CountHelpers();
    private static readonly SemaphoreSlim s_asleep = new(0);
    private static int s_sleepers;
    private static bool s_isStarted;
    private static Share? s_current;

    /// <summary>Gets the number of threads that share work: as many as torch would take, which OMP_NUM_THREADS may limit.</summary>
    public static int Threads => s_helpers + 1;

    /// <summary>Does pieces of work, in any order.</summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="operations">The operations of all of them, roughly.</param>
    /// <param name="work">Does one piece; what it computes must not depend on the others.</param>
    public static void For(int count, long operations, Action<int> work)
    {
        bool beside = !CpuFeatures.PrefersOwnConvolutions;
        if (count < 2 || operations < (beside ? LeastOperationsAsleep : LeastOperations))
        {
            ForAlone(count, work);
        }
        else if (beside)
        {
            ForBesideTorch(count, work);
        }
        else if (s_helpers > 0 && Monitor.TryEnter(s_caller))
        {
            ForTogether(count, work);
        }
        else
        {
            // Whoever finds others at work, as where two trainings run in a process, does its own work alone.
            ForAlone(count, work);
        }
    }

    private static void ForAlone(int count, Action<int> work)
    {
        for (int i = 0; i < count; i++)
        {
            work(i);
        }
    }

    // With the lock that the caller took.
    private static void ForTogether(int count, Action<int> work)
    {
        try
        {
            Start();
            var share = new Share(count, work);
            Volatile.Write(ref s_current, share);

            // Whoever falls asleep now is counted here, or sees the share.
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

    // Where torch convolves, threads that wait awake would be in the way of its own.
    private static void ForBesideTorch(int count, Action<int> work)
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

    // Torch's threads stay awake for milliseconds after each of its operations, and would keep these from their work. What is left
    // to torch is small.
    private static int CountHelpers()
    {
        int threads = Math.Clamp(torch.get_num_threads(), 1, Environment.ProcessorCount);
        if (CpuFeatures.PrefersOwnConvolutions)
        {
            torch.set_num_threads(1);
        }

        return threads - 1;
    }

    private static void Start()
    {
        if (s_isStarted)
        {
            return;
        }

        s_isStarted = true;
        for (int i = 0; i < s_helpers; i++)
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
        for (int turn = 0; turn < AwakeTurns; turn++)
        {
            if (Volatile.Read(ref s_current) is { } share && share != last)
            {
                return share;
            }

            Thread.SpinWait(1);
        }

        // What came in between may have counted no sleeper.
        Interlocked.Increment(ref s_sleepers);
        if (Volatile.Read(ref s_current) is not { } late || late == last)
        {
            s_asleep.Wait();
        }

        Interlocked.Decrement(ref s_sleepers);
        return Volatile.Read(ref s_current) is { } next && next != last ? next : null;
    }

    /// <summary>Pieces of work, which whoever comes takes one by one.</summary>
    private sealed class Share(int count, Action<int> work)
    {
        private int _taken;
        private int _done;
        private ExceptionDispatchInfo? _error;

        public void Work()
        {
            for (int i = Interlocked.Increment(ref _taken) - 1; i < count; i = Interlocked.Increment(ref _taken) - 1)
            {
                try
                {
                    work(i);
                }
                catch (Exception e)
                {
                    // Memory can run out. Who waits is told.
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
