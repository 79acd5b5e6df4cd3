using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Tests.Threading;

public static class ParallelLoopTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public static void Each_index_is_worked_on_once_and_begun_in_order(int count)
    {
        var begun = new List<int>();
        int highest = -1;
        ParallelLoop.InOrder(count, i =>
        {
            lock (begun)
            {
                begun.Add(i);
                highest = Math.Max(highest, i);

                // No more than one index for each core is ahead of the first that is not begun.
                Assert.InRange(highest - begun.Count, -1, Environment.ProcessorCount);
            }
        });

        Assert.Equal(Enumerable.Range(0, count), begun.Order());
    }

    [Fact]
    public static void An_error_of_an_iteration_is_thrown_as_it_is() =>
        Assert.Equal("E1", Assert.Throws<MedSegException>(() => ParallelLoop.InOrder(100, i => throw new MedSegException(ErrorKind.InvalidData, "E1", $"{i}"))).ErrorId);
}
