using MedSeg.Data.Caching;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Data;

/// <summary>Loads the samples of all pairs, several at once: from the store if it holds them, otherwise by decoding their files.</summary>
/// <param name="pairs">The pairs.</param>
/// <param name="decoder">Decodes the files of a pair.</param>
/// <param name="store">Holds samples of earlier imports, and receives those that are decoded.</param>
/// <param name="progress">Called after each pair, from several threads; may be null.</param>
/// <param name="cancellationToken">Stops loading.</param>
internal sealed class SampleLoader(
    IReadOnlyList<SamplePair> pairs, SampleDecoder decoder, ISampleStore store, Action<WorkProgress>? progress, CancellationToken cancellationToken)
{
    private readonly IReadOnlyList<Sample>?[] _loaded = new IReadOnlyList<Sample>?[pairs.Count];
    private bool _isRoiCountInferred;
    private int _done;

    /// <summary>Gets a value indicating whether a mask is a JPEG file, which cannot be judged without the number of ROIs.</summary>
    public bool HasLossyMask => pairs.Any(pair => pair.LabelPath is { } path && (path.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".jpeg", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Loads all pairs that can be judged without the number of ROIs, to find out that number.</summary>
    /// <returns>The samples of each pair; null for pairs that need the number.</returns>
    /// <exception cref="MedSegException">The store cannot be written.</exception>
    public IReadOnlyList<IReadOnlyList<Sample>?> LoadWithoutRoiCount()
    {
        _isRoiCountInferred = true;
        LoadMissing(roiCount: null);
        return _loaded;
    }

    /// <summary>Loads all pairs that are not loaded yet.</summary>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The samples of each pair; none for a DICOM file that is not an image.</returns>
    /// <exception cref="MedSegException">The store cannot be written.</exception>
    public IReadOnlyList<Sample>[] Load(int roiCount)
    {
        LoadMissing(roiCount);
        ParallelLoop.For(pairs.Count, i => _loaded[i] = store.Renew(pairs[i], _loaded[i]!) ?? DecodeAgain(pairs[i], roiCount), cancellationToken);
        return _loaded!;
    }

    private void LoadMissing(int? roiCount) => ParallelLoop.For(
        pairs.Count,
        i =>
        {
            if (_loaded[i] is null && (_loaded[i] = Load(pairs[i], roiCount)) is not null)
            {
                progress?.Invoke(new WorkProgress(Interlocked.Increment(ref _done), pairs.Count));
            }
        },
        cancellationToken);

    private IReadOnlyList<Sample>? Load(SamplePair pair, int? roiCount)
    {
        if (store.TryGet(pair, roiCount) is { } stored)
        {
            return stored;
        }

        // A pair that needed the number when it was decoded needs it again.
        return roiCount is null && store.NeedsRoiCount(pair) ? null : Decode(pair, roiCount);
    }

    private IReadOnlyList<Sample>? Decode(SamplePair pair, int? roiCount)
    {
        store.BeginDecoding(pair);
        IReadOnlyList<Sample>? samples = roiCount is { } count ? decoder.Decode(pair, count) : decoder.TryDecode(pair);
        if (samples is not null)
        {
            store.Add(pair, roiCount, samples);
        }

        return samples;
    }

    // As in the first place: without the number if that is possible, so that the store knows that the pair does not need it.
    private IReadOnlyList<Sample> DecodeAgain(SamplePair pair, int roiCount) =>
        (_isRoiCountInferred ? Decode(pair, roiCount: null) : null) ?? Decode(pair, roiCount)!;
}
