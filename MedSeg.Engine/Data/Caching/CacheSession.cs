using System.Collections.Concurrent;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Data.Caching;

/// <summary>Loads the samples of a pair.</summary>
/// <param name="pair">The pair.</param>
/// <param name="roiCount">The number of ROIs; 0 while it is not known.</param>
/// <returns>The samples; null where that number is needed.</returns>
internal delegate IReadOnlyList<Sample>? LoadPair(SamplePair pair, int roiCount);

/// <summary>
/// The cache file of a data set during one import: gives the samples of unchanged files, and writes those of others into
/// a new file as they are decoded.
/// </summary>
internal sealed class CacheSession : IDisposable
{
    // A file of which one part in ten is of no use any more, or is told to be unchanged by its content only, is written anew.
    private const int Useless = 10;

    private readonly DatasetOptions _options;
    private readonly string _path;
    private readonly CacheFileHeader _header;
    private readonly CacheFile? _old;
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, CacheEntry> _entries = new(StringComparer.Ordinal);
    private readonly Lazy<CacheFileWriter> _writer;
    private readonly DateTime _began = DateTime.UtcNow;

    // By the name of the pair: what is unchanged of the old file, what of that was used, and what will be in the new one.
    private readonly ConcurrentDictionary<string, CacheEntry?> _unchanged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CacheEntry> _taken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CacheEntry> _new = new(StringComparer.Ordinal);
    private int _decoded;
    private int _compared;
    private bool _isComplete;

    private CacheSession(DatasetOptions options, PatientSalt salt)
    {
        _options = options;
        CacheLocation location = CacheLocation.Of(options);
        _path = location.Path;
        _header = new CacheFileHeader(options.InputSize, location.Settings, salt.Fingerprint);
        _writer = new Lazy<CacheFileWriter>(() => new CacheFileWriter(_path, _header));
        CacheFileWriter.DeleteLeftOvers(Path.GetDirectoryName(_path)!);
        _old = Open();
        if (!salt.IsKept)
        {
            _notes.Add($"{_path}: the secret that hides patients cannot be kept, since you have no folder of your own here: the cache serves until this session ends.");
        }
    }

    private DateTime Started => _writer.IsValueCreated && _writer.Value.Started < _began ? _writer.Value.Started : _began;

    /// <summary>Begins an import with a cache.</summary>
    /// <param name="options">What is imported, and how.</param>
    /// <param name="salt">What hides the patients.</param>
    /// <exception cref="MedSegException">The cache has no place.</exception>
    public static CacheSession Begin(DatasetOptions options, PatientSalt salt)
    {
        salt.Keep();
        return new CacheSession(options, salt);
    }

    /// <summary>Gives the paths of images that need not be opened to see that they are images.</summary>
    public HashSet<string> KnownImages() =>
        [.. _entries.Values.AsParallel().SelectMany(entry => entry.Files).Where(file => file.IsImage && file.IsSurelyUnchanged()).Select(file => file.Path)];

    /// <summary>Begins a new file where there is none that can be used, so that a place where nothing can be written is told before any work is done.</summary>
    /// <exception cref="MedSegException">The cache cannot be written.</exception>
    public void Prepare()
    {
        if (_old is null)
        {
            _ = _writer.Value;
        }
    }

    /// <summary>Writes the pixels of a sample.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="truth">The ROI numbers at the mask's own size.</param>
    /// <returns>Where they are.</returns>
    /// <exception cref="MedSegException">The cache cannot be written.</exception>
    public DiskSlice Keep(float[] image, byte[] roi, PackedMask truth) => _writer.Value.Append(image, roi, truth);

    /// <summary>Gives the samples of a pair: those of the cache where its files are unchanged, else those that are loaded.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="roiCount">The number of ROIs; 0 while it is not known.</param>
    /// <param name="load">Loads the samples, whose pixels it gives to <see cref="Keep"/>.</param>
    /// <returns>The samples; null where the number of ROIs is needed.</returns>
    /// <exception cref="MedSegException">The cache cannot be written.</exception>
    public IReadOnlyList<Sample>? Load(SamplePair pair, int roiCount, LoadPair load)
    {
        CacheEntry? entry = _unchanged.GetOrAdd(pair.Name, _ => FindUnchanged(pair));
        if (entry is not null && entry.RoiCount == roiCount)
        {
            _taken[pair.Name] = entry;
            return [.. entry.Samples.Select((sample, i) => entry.Places[i] is { } place ? sample with { Pixels = new DiskSlice(_old!, place) } : sample)];
        }

        // What needed the number when it was decoded needs it again.
        return entry is not null && roiCount == 0 ? null : Decode(pair, roiCount, load);
    }

    /// <summary>Copies the samples of a pair from the old file into the new one, if there is to be a new one; to be called for all pairs when all are loaded.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="load">Loads samples that the old file turns out not to hold.</param>
    /// <returns>The samples, wherever they are now.</returns>
    /// <exception cref="MedSegException">The cache cannot be written.</exception>
    public IReadOnlyList<Sample> Renew(SamplePair pair, IReadOnlyList<Sample> samples, LoadPair load)
    {
        if (!IsRenewed || !_taken.TryGetValue(pair.Name, out CacheEntry? entry))
        {
            return samples;
        }

        try
        {
            Sample[] copies = [.. samples.Select(Copy)];
            Remember(pair, entry.RoiCount, entry.Files, copies);
            return copies;
        }
        catch (MedSegException e) when (e.ErrorId is "CacheDamaged" or "CacheUnreadable")
        {
            lock (_notes)
            {
                _notes.Add($"{e.Message} {pair.Name} is decoded again.");
            }

            _taken.TryRemove(pair.Name, out _);
            return Decode(pair, entry.RoiCount, load)!;
        }
    }

    /// <summary>Ends the import, and puts the new file in its place, if there is one.</summary>
    /// <returns>What was done.</returns>
    /// <exception cref="MedSegException">The cache cannot be written.</exception>
    public CacheReport Complete()
    {
        _notes.Add($"{_path}: {_taken.Count} of {_taken.Count + _decoded} pairs were taken from the cache, {_decoded} decoded{(_compared > 0 ? $"; {_compared} were told by their content, since their times are new" : string.Empty)}.");
        if (IsRenewed && _writer.IsValueCreated)
        {
            var index = new CacheIndex { DicomPath = _options.DicomPath, LabelPath = _options.LabelPath, Entries = [.. _new.Values] };

            // On Windows, an open file cannot be replaced.
            _old?.Dispose();
            if (_writer.Value.Complete(index) is { } whyNot)
            {
                _notes.Add($"{_path}: the new cache cannot take the place of the old one ({whyNot}) It serves this data set, and is gone with it.");
            }
        }

        _isComplete = true;
        return new CacheReport { Path = _path, Taken = _taken.Count, Decoded = _decoded, Notes = _notes.ToArray() };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_writer.IsValueCreated)
        {
            _writer.Value.Dispose();
        }

        if (!_isComplete)
        {
            _old?.Dispose();
        }
    }

    private CacheFile? Open()
    {
        (CacheFile? file, CacheIndex? index, string? whyNot) = CacheFile.Open(_path, _header);
        if (index is null)
        {
            _notes.Add(whyNot is null
                ? $"{_path}: there is no cache of this data set and these settings yet."
                : $"{_path}: the cache {whyNot}; it is made anew.");
            return null;
        }

        foreach (CacheEntry entry in index.MovedTo(_options).WithFrameNames().Entries)
        {
            _entries[entry.Name] = entry;
        }

        return file;
    }

    // Once it is true, it stays so.
    private bool IsRenewed => _decoded > 0 || (_old is not null && (_compared + _entries.Count - _taken.Count) * Useless > _entries.Count);

    private CacheEntry? FindUnchanged(SamplePair pair)
    {
        if (!_entries.TryGetValue(pair.Name, out CacheEntry? entry) || !entry.Files.Select(file => (file.Path, file.IsImage)).SequenceEqual(pair.Files))
        {
            return null;
        }

        FileStamp[] stamps = [.. entry.Files];
        bool isCompared = false;
        for (int i = 0; i < stamps.Length; i++)
        {
            if (!stamps[i].IsSurelyUnchanged())
            {
                isCompared = true;
                FileStamp? now = FileStamp.Take(stamps[i].Path, stamps[i].IsImage, Started);
                if (now?.Hash != stamps[i].Hash)
                {
                    return null;
                }

                stamps[i] = now;
            }
        }

        Interlocked.Add(ref _compared, isCompared ? 1 : 0);
        return entry with { Files = stamps };
    }

    private IReadOnlyList<Sample>? Decode(SamplePair pair, int roiCount, LoadPair load)
    {
        FileStamp?[] stamps = [.. pair.Files.Select(file => FileStamp.Take(file.Path, file.IsImage, Started))];
        IReadOnlyList<Sample>? samples = load(pair, roiCount);
        if (samples is null || samples.Count == 0 || stamps.Length == 0)
        {
            return samples;
        }

        Interlocked.Increment(ref _decoded);

        // What failed as a whole is tried again by each import: the reason may be gone by then.
        if (samples.Any(sample => sample.IsUsable) && stamps.All(stamp => stamp is not null && stamp.StillHolds(Started)))
        {
            Remember(pair, roiCount, stamps!, samples);
        }

        return samples;
    }

    private Sample Copy(Sample sample)
    {
        if (sample.Pixels is null)
        {
            return sample;
        }

        using RentedSlice slice = sample.Pixels.Open();
        return sample with { Pixels = Keep(slice.Image, slice.Roi, sample.Pixels.ReadTruth()) };
    }

    private void Remember(SamplePair pair, int roiCount, IReadOnlyList<FileStamp> stamps, IReadOnlyList<Sample> samples) => _new[pair.Name] = new CacheEntry
    {
        Name = pair.Name,
        Files = stamps,
        RoiCount = roiCount,
        Samples = samples,
        Places = [.. samples.Select(sample => (sample.Pixels as DiskSlice)?.Place)],
    };
}
