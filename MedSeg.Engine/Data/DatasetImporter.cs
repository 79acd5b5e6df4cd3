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
        using ISampleStore store = options.Cache == DatasetCache.Disk ? DiskSampleStore.Open(options, salt) : new MemorySampleStore();
        DataFiles images = DataFiles.FindImages(options.DicomPath, options.Recurse, store.FindKnownImages());
        IReadOnlyList<SamplePair> pairs = SamplePair.Match(images, DataFiles.FindMasks(options.LabelPath, options.Recurse));
        store.Prepare();
        using var decoder = new SampleDecoder(options, salt, store);
        var loader = new SampleLoader(pairs, decoder, store, progress, cancellationToken);
        IReadOnlyList<string> names = options.LabelNames.Count > 0 ? options.LabelNames : NameRois(loader.LoadWithoutRoiCount(), options);
        IReadOnlyList<Sample>[] samples = loader.Load(names.Count);
        IEnumerable<string> notImages = pairs.Where((_, i) => samples[i].Count == 0).Select(pair => pair.ImagePath!);
        CacheReport? cache = store.Complete();
        return new Dataset
        {
            DicomPath = options.DicomPath,
            LabelPath = options.LabelPath,
            InputSize = options.InputSize,
            LabelNames = names,
            Normalization = options.Normalization,
            ResizeMode = options.ResizeMode,
            PassedOver = images.PassedOver.Concat(notImages).Order(StringComparer.Ordinal).ToArray(),
            Cache = cache,

            // An array, since scripts cannot index what a collection expression makes of a read-only list.
            Samples = samples.SelectMany(s => s).Select(s => s.WithRoiCount(names.Count) with { Patient = salt.ForSession(s.Patient) }).ToArray(),
        };
    }

    private static string[] NameRois(IReadOnlyList<IReadOnlyList<Sample>?> loaded, DatasetOptions options)
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
