using MedSeg.Devices;
using MedSeg.Tests.Training;

namespace MedSeg.Tests.Devices;

/// <summary>Splitting work among threads, which no other test may use at the same time.</summary>
[Collection(nameof(ProcessWideTests))]
public sealed class CpuParallelTests
{
    [Fact]
    public void Every_piece_is_done_once_even_if_several_callers_share_work_at_once()
    {
        void Run()
        {
            for (int round = 0; round < 2000; round++)
            {
                int[] done = new int[1 + (round % 40)];
                CpuParallel.For(done.Length, long.MaxValue, i => Interlocked.Increment(ref done[i]));
                Assert.All(done, count => Assert.Equal(1, count));
            }
        }

        Parallel.Invoke(Run, Run, Run);
    }

    [Fact]
    public void Sleeping_threads_are_woken()
    {
        Assert.SkipUnless(CpuParallel.Threads > 1, "This machine has one core.");
        for (int round = 0; round < 20; round++)
        {
            // Longer than they spin.
            Thread.Sleep(30);
            int busy = 0;

            // Each piece waits for the other: a caller on its own would wait forever.
            CpuParallel.For(2, long.MaxValue, _ =>
            {
                Interlocked.Increment(ref busy);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref busy) == 2, TimeSpan.FromSeconds(20)), "No other thread took a piece.");
            });
        }
    }

    [Fact]
    public void Each_thread_begins_with_a_part_of_its_own()
    {
        Assert.SkipUnless(CpuParallel.Threads > 1, "This machine has one core.");
        int count = 8 * CpuParallel.Threads;
        int begun = 0;
        int doneBefore = -1;
        int done = 0;
        CpuParallel.For(count, long.MaxValue, i =>
        {
            // The first pieces of all parts wait for each other, so nobody can do what follows them.
            if (i % 8 == 0)
            {
                if (i == 8)
                {
                    doneBefore = Volatile.Read(ref done);
                }

                Interlocked.Increment(ref begun);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref begun) == CpuParallel.Threads, TimeSpan.FromSeconds(20)), "A thread did not take its part.");
            }
            else if (i < 8)
            {
                Interlocked.Increment(ref done);
            }
        });

        Assert.Equal(0, doneBefore);
    }

    [Fact]
    public void Error_of_a_piece_reaches_the_caller_and_later_work_is_done()
    {
        Assert.Throws<InsufficientMemoryException>(() => CpuParallel.For(8, long.MaxValue, i =>
        {
            if (i == 5)
            {
                throw new InsufficientMemoryException();
            }
        }));
        int done = 0;
        CpuParallel.For(8, long.MaxValue, _ => Interlocked.Increment(ref done));

        Assert.Equal(8, done);
    }
}
