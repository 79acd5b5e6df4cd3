using MedSeg.Inference;

namespace MedSeg.Tests.Inference;

public sealed class MaskWritingTests
{
    private static readonly ComputedBatch s_batch = new([], [], new SegmentedSlice[1]);

    [Fact]
    public void Masks_are_written_while_the_next_batch_is_computed()
    {
        using var computed = new ManualResetEventSlim();
        using var writing = new MaskWriting(batch =>
        {
            Assert.True(computed.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            return batch.Results;
        });

        Assert.Empty(writing.Finish());
        writing.Begin(s_batch);
        computed.Set();

        Assert.Same(s_batch.Results, writing.Finish());
        Assert.Empty(writing.Finish());
    }

    [Fact]
    public void Error_of_a_write_is_thrown_where_the_results_are_asked_for()
    {
        using var writing = new MaskWriting(_ => throw new IOException("full"));

        writing.Begin(s_batch);

        Assert.Equal("full", Assert.Throws<IOException>(writing.Finish).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_is_written_after_disposal(bool fails)
    {
        bool isWritten = false;
        using var begun = new ManualResetEventSlim();
        var writing = new MaskWriting(batch =>
        {
            begun.Set();
            Thread.Sleep(50);
            isWritten = true;
            return fails ? throw new IOException("full") : batch.Results;
        });
        writing.Begin(s_batch);
        begun.Wait(TestContext.Current.CancellationToken);

        writing.Dispose();

        Assert.True(isWritten);
    }
}
