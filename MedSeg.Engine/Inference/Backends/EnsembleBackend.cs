namespace MedSeg.Inference.Backends;

/// <summary>Averages the probabilities of several models, such as those of the folds of a cross-validation.</summary>
/// <param name="members">The backends of the models, at least one; the ensemble disposes of them.</param>
internal sealed class EnsembleBackend(IReadOnlyList<ISegmentationBackend> members) : ISegmentationBackend
{
    private float[] _probabilities = [];

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        members[0].Run(images, count, probabilities);
        if (_probabilities.Length < probabilities.Length)
        {
            _probabilities = new float[probabilities.Length];
        }

        Span<float> next = _probabilities.AsSpan(0, probabilities.Length);
        foreach (ISegmentationBackend member in members.Skip(1))
        {
            member.Run(images, count, next);
            for (int i = 0; i < next.Length; i++)
            {
                probabilities[i] += next[i];
            }
        }

        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= members.Count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ISegmentationBackend member in members)
        {
            member.Dispose();
        }
    }
}
