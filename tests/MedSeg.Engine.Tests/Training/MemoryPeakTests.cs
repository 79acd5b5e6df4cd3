using MedSeg.Devices;
using MedSeg.Tests.Devices;
using MedSeg.Training;

namespace MedSeg.Tests.Training;

public sealed class MemoryPeakTests
{
    [Fact]
    public void Peak_of_a_GPU_is_the_most_that_was_in_use_at_any_sample()
    {
        var uses = new Queue<long?>([null, 5, 9, null, 3]);
        var peak = new MemoryPeak(1, () => new NvidiaDriver { Gpus = [FakeMachine.Large, FakeMachine.Small with { MemoryUsed = uses.Dequeue() }] });

        Assert.Equal([null, 5, 9, 9, 9], Enumerable.Range(0, 5).Select(_ => peak.Sample()));
    }

    [Fact]
    public void Peak_of_a_GPU_that_the_driver_does_not_report_is_unknown() =>
        Assert.Null(new MemoryPeak(2, () => new NvidiaDriver { Gpus = [FakeMachine.Large] }).Sample());

    [Fact]
    public void Peak_on_the_CPU_is_that_of_the_process_and_asks_no_driver()
    {
        long? peak = new MemoryPeak(null, () => throw new InvalidOperationException("asked")).Sample();

        Assert.True(peak > 1 << 20);
    }
}
