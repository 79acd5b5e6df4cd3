using System.Collections.Concurrent;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Data.Caching;

/// <summary>
/// The cache file of a data set during one import: returns the samples of unchanged files, and writes those of other files to a new
/// cache file as they are decoded.
/// </summary>
internal sealed class DiskSampleStore : ISampleStore
{
    // The file is rewritten if more than a tenth of its entries are obsolete, or can be recognised as unchanged only by their content.
    private const int MaximumObsoleteShare = 10;

    private readonly DatasetOptions _options;
    private readonly string _path;
    private readonly CacheFileHeader _header;
    private readonly CacheFile? _old;
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, CacheEntry> _entries = new(StringComparer.Ordinal);
    private readonly Lazy<CacheFileWriter> _writer;
    private readonly DateTime _began = DateTime.UtcNow;

    // By the name of the pair: the unchanged entries of the old file, those of them that were used, and the entries of the new file.
    private readonly ConcurrentDictionary<string, CacheEntry?> _unchanged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CacheEntry> _taken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CacheEntry> _new = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FileStamp?[]> _stamps = new(StringComparer.Ordinal);
    private readonly bool _isDoubtful;
    private int _decoded;
    private int _compared;
    private bool _isComplete;

    private DiskSampleStore(DatasetOptions options, PatientSalt salt, EngineEvents? events, CancellationToken cancellationToken)
    {
        _options = options;
        CacheLocation location = CacheLocation.Of(options);
        _path = location.Path;
        _header = new CacheFileHeader(options.Preprocessing.Shape, location.Settings, salt.Fingerprint);
        _writer = new Lazy<CacheFileWriter>(() => new CacheFileWriter(_path, _header));
        CacheFileWriter.DeleteLeftOvers(Path.GetDirectoryName(_path)!);
        _isDoubtful = CacheDamage.IsNoted(_path);
        _old = OpenOld(events, cancellationToken);
        if (!salt.IsKept)
        {
            _notes.Add($"{_path}: The cache can only be used until this session ends, because the secret that hides the patients cannot be saved: this account has no folder for application data.");
        }
    }

    private DateTime Started => _writer.IsValueCreated && _writer.Value.Started < _began ? _writer.Value.Started : _began;

    /// <summary>Opens the cache of a data set.</summary>
    /// <param name="options">The options of the import.</param>
    /// <param name="salt">Hides the patients.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MedSegException">There is no folder for the cache.</exception>
    public static DiskSampleStore Open(DatasetOptions options, PatientSalt salt, EngineEvents? events, CancellationToken cancellationToken)
    {
        salt.Keep();
        return new DiskSampleStore(options, salt, events, cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlySet<string> FindKnownImages(EngineEvents? events, CancellationToken cancellationToken)
    {
        CacheEntry[] entries = [.. _entries.Values];
        string[][] known = new string[entries.Length][];
        ParallelLoop.For(
            entries.Length,
            i => known[i] = [.. entries[i].Files.Where(file => file.IsImage && file.IsSurelyUnchanged()).Select(file => file.Path)],
            "Comparing images with the cache",
            events,
            cancellationToken);
        return known.SelectMany(paths => paths).ToHashSet();
    }

    /// <inheritdoc/>
    /// <remarks>Begins a new file if there is none that can be used.</remarks>
    public void Prepare()
    {
        if (_old is null)
        {
            _ = _writer.Value;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Sample>? TryGet(SamplePair pair, int? roiCount)
    {
        if (Unchanged(pair) is not { } entry || entry.RoiCount != (roiCount ?? CacheEntry.NoRoiCount))
        {
            return null;
        }

        Sample[] samples = [.. entry.Samples.Select((sample, i) => entry.Places[i] is { } place ? sample with { Pixels = new DiskSlice(_old!, place) } : sample)];
        if (_isDoubtful && IsDamaged(pair, samples))
        {
            return null;
        }

        _taken[pair.Name] = entry;
        return samples;
    }

    /// <inheritdoc/>
    public bool NeedsRoiCount(SamplePair pair) => Unchanged(pair) is { RoiCount: not CacheEntry.NoRoiCount };

    /// <inheritdoc/>
    public void BeginDecoding(SamplePair pair) => _stamps[pair.Name] = [.. pair.Files.Select(file => FileStamp.Take(file.Path, file.IsImage, Started))];

    /// <inheritdoc/>
    public SliceStore AddPixels(float[] image, byte[] roi, PackedMask truth) => _writer.Value.Append(image, roi, truth);

    /// <inheritdoc/>
    public void Add(SamplePair pair, int? roiCount, IReadOnlyList<Sample> samples)
    {
        if (samples.Count == 0 || !_stamps.TryRemove(pair.Name, out FileStamp?[]? stamps) || stamps.Length == 0)
        {
            return;
        }

        Interlocked.Increment(ref _decoded);

        // A pair that failed as a whole is tried again by each import: the reason may be gone by then.
        if (samples.Any(sample => sample.IsUsable) && stamps.All(stamp => stamp is not null && stamp.StillHolds(Started)))
        {
            Remember(pair, roiCount ?? CacheEntry.NoRoiCount, stamps!, samples);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Copies them from the old file into the new one, if there will be a new one.</remarks>
    public IReadOnlyList<Sample>? Renew(SamplePair pair, IReadOnlyList<Sample> samples)
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
        catch (MedSegException e) when (e.ErrorId is ErrorIds.CacheDamaged or ErrorIds.CacheUnreadable)
        {
            NoteDecodedAgain(pair, e);
            _taken.TryRemove(pair.Name, out _);
            return null;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Replaces the old file by the new one, if there is one.</remarks>
    public CacheReport Complete(EngineEvents? events, CancellationToken cancellationToken)
    {
        string compared = _compared > 0 ? $"; the content of {_compared} was compared, because the files' times have changed" : string.Empty;
        _notes.Add($"{_path}: {_taken.Count} of {_taken.Count + _decoded} pairs were loaded from the cache, {_decoded} were decoded{compared}.");
        bool isSound = _isDoubtful;
        if (IsRenewed && _writer.IsValueCreated)
        {
            var index = new CacheIndex { DicomPath = _options.DicomPath, LabelPath = _options.LabelPath, Entries = [.. _new.Values] };

            string? whyNot = _writer.Value.Complete(index.WithoutFolders(events, cancellationToken), _old, events, cancellationToken);
            isSound = whyNot is null;
            if (whyNot is not null)
            {
                _notes.Add($"{_path}: The new cache cannot replace the old one, so it is deleted after this data set: {whyNot}");
            }
        }

        if (isSound)
        {
            CacheDamage.Clear(_path);
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

    private CacheFile? OpenOld(EngineEvents? events, CancellationToken cancellationToken)
    {
        (CacheFile? file, CacheIndex? index, string? whyNot) = CacheFile.Open(_path, _header, events, cancellationToken);
        if (index is null)
        {
            _notes.Add(whyNot is null
                ? $"{_path}: There is no cache of this data set with these settings yet."
                : $"{_path}: The cache {whyNot}; it is rebuilt.");
            return null;
        }

        foreach (CacheEntry entry in index.MovedTo(_options.DicomPath, _options.LabelPath, events, cancellationToken).WithFrameNames(cancellationToken).Entries)
        {
            _entries[entry.Name] = entry;
        }

        return file;
    }

    // Once true, this stays true.
    private bool IsRenewed => _decoded > 0 || (_old is not null && (_compared + _entries.Count - _taken.Count) * MaximumObsoleteShare > _entries.Count);

    private CacheEntry? Unchanged(SamplePair pair) => _unchanged.GetOrAdd(pair.Name, _ => FindUnchanged(pair));

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

    // Reads all slices of a pair, and thereby compares their checksums.
    private bool IsDamaged(SamplePair pair, IEnumerable<Sample> samples)
    {
        try
        {
            foreach (Sample sample in samples.Where(sample => sample.Pixels is not null))
            {
                using RentedSlice slice = sample.Pixels!.Open();
                _ = sample.Pixels.ReadTruth();
            }

            return false;
        }
        catch (MedSegException e) when (e.ErrorId is ErrorIds.CacheDamaged or ErrorIds.CacheUnreadable)
        {
            NoteDecodedAgain(pair, e);
            return true;
        }
    }

    private void NoteDecodedAgain(SamplePair pair, MedSegException e)
    {
        lock (_notes)
        {
            _notes.Add($"{e.Finding} {pair.Name} is decoded again.");
        }
    }

    private Sample Copy(Sample sample)
    {
        if (sample.Pixels is null)
        {
            return sample;
        }

        using RentedSlice slice = sample.Pixels.Open();
        return sample with { Pixels = AddPixels(slice.Image, slice.Roi, sample.Pixels.ReadTruth()) };
    }

    private void Remember(SamplePair pair, int roiCount, IReadOnlyList<FileStamp> stamps, IReadOnlyList<Sample> samples) => _new[pair.Name] = new CacheEntry
    {
        Name = pair.Name,
        Files = stamps,
        RoiCount = roiCount,
        Samples = samples,
        Places = [.. samples.Select(sample => (sample.Pixels as DiskSlice)?.Location)],
    };
}
