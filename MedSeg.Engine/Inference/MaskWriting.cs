namespace MedSeg.Inference;

/// <summary>Writes the masks of a batch while the next one is computed. Disposal waits, so that no file is written afterwards.</summary>
/// <param name="write">Writes the masks of a batch, and returns the results with the paths.</param>
internal sealed class MaskWriting(Func<ComputedBatch, SegmentedSlice[]> write) : IDisposable
{
    private Task<SegmentedSlice[]>? _task;

    /// <summary>Begins to write; the batch before must be finished.</summary>
    /// <param name="batch">The batch.</param>
    public void Begin(ComputedBatch batch) => _task = Task.Run(() => write(batch));

    /// <summary>Waits until the masks are written.</summary>
    /// <returns>The results; none if nothing was begun.</returns>
    /// <exception cref="Errors.MedSegException">A mask could not be written.</exception>
    public SegmentedSlice[] Finish()
    {
        Task<SegmentedSlice[]>? task = _task;
        _task = null;
        return task is null ? [] : task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nobody asks for the results any more, or another error is on its way.
        if (_task is { } task)
        {
            Task.WhenAny(task).Wait();
            _ = task.Exception;
        }

        _task = null;
    }
}
