using MedSeg.Data.Caching;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Data;

/// <summary>Pairs images and masks by file name, decodes them in parallel and checks them.</summary>
public static class DatasetImporter
{
    /// <summary>Imports a data set.</summary>
    /// <param name="options">What to import, and how.</param>
    /// <param name="progress">Is told after each pair, from several threads, where given.</param>
    /// <param name="cancellationToken">Stops the import.</param>
    /// <returns>All samples; those that cannot be used say why.</returns>
    /// <exception cref="MedSegException">A folder is missing or holds nothing, or the input size is not possible.</exception>
    /// <exception cref="OperationCanceledException">The import was stopped.</exception>
    public static Dataset Import(DatasetOptions options, IProgress<WorkProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Import(options, PatientSalt.Session, progress, cancellationToken);

    /// <summary>Imports a data set whose patients are hidden with given secrets.</summary>
    internal static Dataset Import(DatasetOptions options, PatientSalt salt, IProgress<WorkProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using CacheSession? cache = options.Cache == DatasetCache.Disk ? CacheSession.Begin(options, salt) : null;
        DataFiles images = DataFiles.FindImages(options.DicomPath, options.Recurse, cache?.KnownImages() ?? []);
        IReadOnlyList<SamplePair> pairs = SamplePair.Match(images, DataFiles.FindMasks(options.LabelPath, options.Recurse));
        cache?.Prepare();
        using var loader = new SampleLoader(options, salt, cache is null ? (image, roi, truth) => new InMemorySlice(image, roi, truth) : cache.Keep);
        IReadOnlyList<Sample>? Decode(SamplePair pair, int roiCount) => roiCount == 0 ? loader.LoadWithoutRoiCount(pair) : loader.Load(pair, roiCount);
        var loaded = new IReadOnlyList<Sample>?[pairs.Count];
        int done = 0;
        void LoadMissing(int roiCount) => ParallelLoop.For(pairs.Count, i =>
        {
            if (loaded[i] is null && (loaded[i] = cache is null ? Decode(pairs[i], roiCount) : cache.Load(pairs[i], roiCount, Decode)) is not null)
            {
                progress?.Report(new WorkProgress(Interlocked.Increment(ref done), pairs.Count));
            }
        }, cancellationToken);

        IReadOnlyList<string> names = options.LabelNames;
        if (names.Count == 0)
        {
            // Without names, K is the highest ROI number of the masks whose values are certain.
            LoadMissing(0);
            names = NameRois(loaded, options);
            InputLimits.RequireLabelNames(names);
        }

        LoadMissing(names.Count);
        ParallelLoop.For(pairs.Count, i => loaded[i] = cache?.Renew(pairs[i], loaded[i]!, Decode) ?? loaded[i], cancellationToken);
        CacheReport? use = cache?.Complete();
        return new Dataset
        {
            DicomPath = options.DicomPath,
            LabelPath = options.LabelPath,
            LabelNames = names,
            Preprocessing = options.Preprocessing,
            PassedOver = images.PassedOver.Concat(pairs.Where((_, i) => loaded[i]!.Count == 0).Select(pair => pair.ImagePath!)).Order(StringComparer.Ordinal).ToArray(),
            Cache = use,

            // An array, since scripts cannot index what a collection expression makes of a read-only list.
            Samples = loaded.SelectMany(s => s!).Select(s => s.WithRoiCount(names.Count) with { Patient = salt.ForSession(s.Patient) }).ToArray(),
        };
    }

    private static string[] NameRois(IReadOnlyList<Sample>?[] loaded, DatasetOptions options)
    {
        int count = options.LabelMap.HighestRoi;
        var segments = new SortedDictionary<int, string>();
        foreach (Sample sample in loaded.SelectMany(samples => samples ?? []))
        {
            AddNames(sample, segments, options.LabelPath);
            count = Math.Max(count, sample.RoiNames.Keys.DefaultIfEmpty(0).Max());
            for (int roi = sample.RoiPixels.Count - 1; roi > count; roi--)
            {
                if (sample.RoiPixels[roi] > 0)
                {
                    count = roi;
                }
            }
        }

        // Where no pair can be read at all, each says why.
        bool undecided = count == 0 && loaded.Any(samples => samples is null || samples.Any(s => s.IsUsable));
        return undecided
            ? throw new MedSegException(ErrorKind.InvalidData, "RoiCountUnknown", $"{options.LabelPath}: no mask tells how many ROIs there are: masks hold background only, are JPEG, or cannot be used. Name the ROIs with -LabelName.", options.LabelPath)
            : options.LabelMap.RoiNames(Math.Max(1, count), segments);
    }

    private static void AddNames(Sample sample, SortedDictionary<int, string> segments, string labelPath)
    {
        foreach ((int roi, string name) in sample.RoiNames)
        {
            if (!segments.TryAdd(roi, name) && !segments[roi].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                throw new MedSegException(ErrorKind.InvalidData, "SegmentNamesDiffer", $"{labelPath}: segment {roi} is '{segments[roi]}' in one file and '{name}' in {sample.LabelPath}. Name the ROIs with -LabelName; segments are then found by their names.", labelPath);
            }
        }
    }
}
