namespace MedSeg.Training;

/// <summary>Gives the batches of an epoch one after the other, and makes the next one while the network computes.</summary>
internal sealed class BatchFeed : IDisposable
{
    private readonly BatchSource _source;
    private readonly int _epoch;
    private int _step;
    private Task<(float[] Images, byte[] Labels, int Count)>? _next;

    /// <summary>Initializes a new instance of the <see cref="BatchFeed"/> class and begins with the first batch.</summary>
    /// <param name="source">What makes the batches.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="firstStep">The first step, from 0.</param>
    public BatchFeed(BatchSource source, int epoch, int firstStep)
    {
        (_source, _epoch, _step) = (source, epoch, firstStep);
        Begin();
    }

    /// <summary>Gives the next batch.</summary>
    /// <returns>The intensities, [B, S, S]; the ROI numbers, [B, S, S]; and B.</returns>
    /// <exception cref="MedSegException">A slice cannot be read.</exception>
    public (float[] Images, byte[] Labels, int Count) Next()
    {
        (float[] Images, byte[] Labels, int Count) batch = _next!.GetAwaiter().GetResult();
        _step++;
        Begin();
        return batch;
    }

    /// <summary>Waits for what has begun: it reads from files that are closed next.</summary>
    public void Dispose()
    {
        if (_next is { } pending)
        {
            Task.WaitAny(pending);
        }
    }

    private void Begin()
    {
        int step = _step;
        _next = step < _source.StepsPerEpoch ? Task.Run(() => _source.Make(_epoch, step)) : null;
    }
}
