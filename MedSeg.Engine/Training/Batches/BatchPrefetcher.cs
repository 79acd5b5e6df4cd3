using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Training.Batches;

/// <summary>
/// Returns the batches of an epoch in order, and prepares the next one while the network computes. Where batches are divided, it returns the
/// shares that this process computes, except those without slices.
/// </summary>
internal sealed class BatchPrefetcher : IDisposable
{
    private readonly BatchPipeline _batches;
    private readonly int _epoch;
    private readonly IEnumerator<(int Step, int Share)> _parts;
    private Task<HostBatch>? _next;
    private int _turn;

    /// <summary>Initializes a new instance of the <see cref="BatchPrefetcher"/> class and starts preparing the first batch.</summary>
    /// <param name="batches">Makes the batches.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="firstStep">The first step, from 0.</param>
    public BatchPrefetcher(BatchPipeline batches, int epoch, int firstStep)
    {
        (_batches, _epoch) = (batches, epoch);
        _parts = Parts(batches.Source, firstStep).GetEnumerator();
        PrepareNext();
    }

    /// <summary>Returns the next batch on the device. The one before must not be used any more.</summary>
    /// <param name="seed">Seeds the random numbers that the device draws for it.</param>
    /// <returns>The intensities, [B, C, S, S] float32, and the ROI numbers, [B, S, S] uint8, on the device.</returns>
    /// <exception cref="MedSegException">A slice cannot be read.</exception>
    public (torch.Tensor Images, torch.Tensor Labels) Next(ulong seed)
    {
        HostBatch batch = _next!.GetAwaiter().GetResult();
        PrepareNext();
        return _batches.ToDevice(batch, seed);
    }

    /// <summary>Waits for the batch in preparation, which reads from files that the caller closes next.</summary>
    public void Dispose()
    {
        if (_next is { } pending)
        {
            Task.WaitAny(pending);
        }

        _parts.Dispose();
    }

    private static IEnumerable<(int Step, int Share)> Parts(BatchSampler source, int firstStep) =>
        from step in Enumerable.Range(firstStep, source.StepsPerEpoch - firstStep)
        from share in source.OwnShares
        where source.CountAt(step, share) > 0
        select (step, share);

    private void PrepareNext()
    {
        if (!_parts.MoveNext())
        {
            _next = null;
            return;
        }

        (int step, int share) = _parts.Current;
        BatchBuffer buffer = _batches.Buffers[_turn];
        _turn = 1 - _turn;
        _next = Task.Run(() => _batches.Prepare(_epoch, step, share, buffer));
    }
}
