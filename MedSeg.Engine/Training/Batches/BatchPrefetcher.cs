using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Training.Batches;

/// <summary>Gives the batches of an epoch one after the other, and prepares the next one while the network computes.</summary>
internal sealed class BatchPrefetcher : IDisposable
{
    private readonly BatchPipeline _path;
    private readonly int _epoch;
    private int _step;
    private Task<HostBatch>? _next;

    /// <summary>Initializes a new instance of the <see cref="BatchPrefetcher"/> class and begins with the first batch.</summary>
    /// <param name="path">What makes the batches.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="firstStep">The first step, from 0.</param>
    public BatchPrefetcher(BatchPipeline path, int epoch, int firstStep)
    {
        (_path, _epoch, _step) = (path, epoch, firstStep);
        Begin();
    }

    /// <summary>Gives the next batch.</summary>
    /// <param name="seed">Seeds what the device draws for it.</param>
    /// <returns>The intensities, [B, 1, S, S] float32, and the ROI numbers, [B, S, S] uint8, on the device.</returns>
    /// <exception cref="MedSegException">A slice cannot be read.</exception>
    public (torch.Tensor Images, torch.Tensor Labels) Next(ulong seed)
    {
        HostBatch batch = _next!.GetAwaiter().GetResult();
        _step++;
        Begin();
        return _path.Bring(batch, seed);
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
        _next = step < _path.Source.StepsPerEpoch ? Task.Run(() => _path.Make(_epoch, step)) : null;
    }
}
