using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Data.Caching;

/// <summary>Keeps the pixels of one import in memory: each import decodes all files.</summary>
internal sealed class MemorySampleStore : ISampleStore
{
    /// <inheritdoc/>
    public IReadOnlySet<string> FindKnownImages(EngineEvents? events, CancellationToken cancellationToken) => new HashSet<string>();

    /// <inheritdoc/>
    public void Prepare()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<Sample>? TryGet(SamplePair pair, int? roiCount) => null;

    /// <inheritdoc/>
    public bool NeedsRoiCount(SamplePair pair) => false;

    /// <inheritdoc/>
    public void BeginDecoding(SamplePair pair)
    {
    }

    /// <inheritdoc/>
    public SliceStore AddPixels(float[] image, byte[] roi, PackedMask truth) => new InMemorySlice(image, roi, truth);

    /// <inheritdoc/>
    public void Add(SamplePair pair, int? roiCount, IReadOnlyList<Sample> samples)
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<Sample> Renew(SamplePair pair, IReadOnlyList<Sample> samples) => samples;

    /// <inheritdoc/>
    public CacheReport? Complete(EngineEvents? events, CancellationToken cancellationToken) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
