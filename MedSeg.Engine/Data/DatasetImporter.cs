using MedSeg.Data.Caching;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.LabelTables;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Data;

/// <summary>Imports data sets: pairs images and masks by file name, decodes them in parallel and checks them.</summary>
public static class DatasetImporter
{
    /// <summary>Imports a data set.</summary>
    /// <param name="options">What to import, and how.</param>
    /// <param name="events">Receives progress after each file that is looked at and each pair that is read, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the import.</param>
    /// <returns>The data set. Samples that cannot be used are part of it and state their problem.</returns>
    /// <exception cref="MedSegException">A folder is missing or empty, an option is out of range, or the number of ROIs is not known.</exception>
    /// <exception cref="OperationCanceledException">The import was stopped.</exception>
    public static Dataset Import(DatasetOptions options, EngineEvents? events = null, CancellationToken cancellationToken = default) =>
        Import(options, PatientSalt.Session, events, cancellationToken);

    /// <summary>Imports a data set with a given salt for the hashes of its patients.</summary>
    internal static Dataset Import(DatasetOptions options, PatientSalt salt, EngineEvents? events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IReadOnlyList<LabelTableEntry> table = NamesInMasks.ReadTable(options, cancellationToken);
        int mappedRois = options.LabelMap.HighestRoi;
        options = NamesInMasks.WithColors(NamesInMasks.Complete(options, events, cancellationToken), table);
        RequireFewNames(options);
        using ISampleStore store = options.Cache == DatasetCache.Disk ? DiskSampleStore.Open(options, salt, events, cancellationToken) : new MemorySampleStore();
        var found = DatasetPairs.Find(options, () => store.FindKnownImages(events, cancellationToken), events, cancellationToken);
        IReadOnlyList<SamplePair> pairs = found.Pairs;
        store.Prepare();
        using var decoder = new SampleDecoder(options, salt, store);
        var loader = new SampleLoader(pairs, decoder, store, events?.Progress, cancellationToken);
        IReadOnlyList<string> names = options.LabelNames.Count > 0 ? options.LabelNames : NameRois(loader, options, mappedRois, table);
        InputLimits.RequireLabelNames(names);
        var partial = new PartialLabels(options.PartialLabels, names);
        IReadOnlyList<Sample>[] samples = loader.Load(names.Count);
        foreach (string decision in found.Notes.Concat(decoder.Cuts))
        {
            events?.Decision?.Invoke(decision);
        }

        if (options.LabelNames.Count == 0 && table.Count == 0 && mappedRois == 0 && UnusedRois.Describe(samples, names.Count, options.LabelPath) is { } unused)
        {
            events?.Warning?.Invoke(unused);
        }

        IEnumerable<string> notImages = pairs.Where((_, i) => samples[i].Count == 0).Select(pair => pair.ImagePath!);
        CacheReport? cache = store.Complete(events, cancellationToken);
        return new Dataset
        {
            DicomPath = options.DicomPath,
            LabelPath = options.LabelPath,
            LabelNames = names,
            Preprocessing = options.Preprocessing,
            IgnoreLabel = options.IgnoreLabel,
            Reading = options.Reading,
            PassedOver = found.PassedOver.Concat(notImages).Order(StringComparer.Ordinal).ToArray(),
            Cache = cache,

            // An array, because scripts cannot index the list that a collection expression creates.
            Samples = partial.Apply(RepeatedWarnings.Merge(samples.SelectMany((s, i) => pairs[i].Describe(s, salt))).Select(s => s.WithRoiCount(names.Count) with { Patient = salt.ForSession(s.Patient) }), names),
        };
    }

    // Outlines that are numbered, not named, give a name each.
    private static void RequireFewNames(DatasetOptions options)
    {
        IReadOnlyList<string> names = options.LabelNames;
        if (names.Count > InputLimits.MaximumRoiCount)
        {
            throw new MedSegException(
                ErrorKind.InvalidData, ErrorIds.RoiCountInvalid, $"{options.LabelPath}: The masks name {names.Count} ROIs, such as '{names[0]}' and '{names[1]}', but at most {InputLimits.MaximumRoiCount} are possible.", options.LabelPath)
            {
                Advice = "Give all outlines of one structure the same name in the program that drew them.",
            };
        }
    }

    private static string[] NameRois(SampleLoader loader, DatasetOptions options, int mappedRois, IReadOnlyList<LabelTableEntry> table)
    {
        IReadOnlyList<IReadOnlyList<Sample>?> loaded = loader.LoadWithoutRoiCount();
        int count = mappedRois;
        var segments = new SortedDictionary<int, string>();
        foreach (Sample sample in loaded.SelectMany(samples => samples ?? []))
        {
            AddNames(sample, segments, options.LabelPath);
            count = Math.Max(count, sample.HighestRoi);
            count = Math.Max(count, sample.RoiNames.Keys.DefaultIfEmpty(0).Max());
            for (int roi = sample.RoiPixels.Count - 1; roi > count; roi--)
            {
                if (sample.RoiPixels[roi] > 0)
                {
                    count = roi;
                }
            }
        }

        foreach (LabelTableEntry entry in table)
        {
            // Segments name themselves.
            segments.TryAdd(options.LabelMap.Values.GetValueOrDefault(entry.Value, entry.Value), entry.Name);
        }

        // If no pair can be read at all, each states its problem.
        bool undecided = count == 0 && loaded.Any(samples => samples is null || samples.Any(s => s.IsUsable));
        return undecided && FindCause(loader, loaded, options.LabelPath) is { } cause ? throw cause : options.LabelMap.RoiNames(Math.Max(1, count), segments);
    }

    // A mask with an error may be the only one that has labels, so that error comes first. Null if all have errors: with one ROI, each states its own.
    private static MedSegException? FindCause(SampleLoader loader, IReadOnlyList<IReadOnlyList<Sample>?> loaded, string labelPath)
    {
        Sample[] judged = [.. loader.HasLossyMask ? loaded.SelectMany(samples => samples ?? []) : loader.Load(1).SelectMany(samples => samples)];
        LabelProblem? first = judged.SelectMany(sample => sample.Problems).FirstOrDefault(problem => problem.Severity == LabelSeverity.Error);
        if (first is not null && !loader.HasLossyMask && !judged.Any(sample => sample.IsUsable))
        {
            return null;
        }

        const string Unknown = "The number of ROIs is not known: all masks contain background only, are JPEG files, or cannot be used.";
        return new MedSegException(ErrorKind.InvalidData, ErrorIds.RoiCountUnknown, first is null ? $"{labelPath}: {Unknown}" : $"{first.Message} {Unknown}", labelPath)
        {
            Advice = first?.Advice is { } advice ? $"{advice} Or name the ROIs with -LabelName." : "Name the ROIs with -LabelName.",
        };
    }

    private static void AddNames(Sample sample, SortedDictionary<int, string> segments, string labelPath)
    {
        foreach ((int roi, string name) in sample.RoiNames)
        {
            if (!segments.TryAdd(roi, name) && !segments[roi].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                throw new MedSegException(
                    ErrorKind.InvalidData, ErrorIds.SegmentNamesDiffer, $"{labelPath}: Segment {roi} is '{segments[roi]}' in one file, but '{name}' in {sample.LabelPath}.", labelPath)
                {
                    Advice = "Name the ROIs with -LabelName: segments are then found by name.",
                };
            }
        }
    }
}
