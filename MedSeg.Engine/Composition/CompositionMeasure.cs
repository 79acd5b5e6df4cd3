using System.Collections.Concurrent;
using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Composition;

/// <summary>Measures size, shape, intensities and fat of the ROIs of a data set, at the images' own size.</summary>
public static class CompositionMeasure
{
    /// <summary>Measures a data set.</summary>
    /// <param name="dataset">The images and masks.</param>
    /// <param name="options">What to measure; null for sizes and intensities only.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="maps">Receives a map of fat for each slice, from several threads; null for none, which saves reading the images twice.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The measurements. Slices that cannot be measured are in its problems.</returns>
    /// <exception cref="MedSegException">An option is out of range or does not fit the data, or the fat images are missing.</exception>
    public static CompositionResult Measure(Dataset dataset, CompositionOptions? options = null, EngineEvents? events = null, Action<FatMap>? maps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new CompositionOptions();
        options.Validate(dataset.LabelNames, dataset.Reading.Channels);
        var fat = DixonImages.Open(options, dataset.Reading, events, cancellationToken);
        var scans = new ScanNames([.. dataset.Samples.Where(s => s.IsUsable)]);
        Sample[][] files = [.. dataset.Samples.Where(s => s.IsUsable).GroupBy(s => s.ImagePath!).Select(g => g.ToArray())];
        var measured = new MeasuredSlice[files.Length][];
        var problems = new ConcurrentQueue<LabelProblem>();
        ParallelLoop.For(files.Length, i => measured[i] = Read(files[i], dataset, options, fat, scans, problems), stage: null, events, cancellationToken);
        MeasuredSlice[] all = [.. measured.SelectMany(ofFile => ofFile)];
        TissueModel?[][] models = FatMeasure.Fit(all, options, events, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        RoiComposition[] slices = [.. FatMeasure.Add(all, models, options)];
        RequireLevels(slices, options);
        if (maps is not null)
        {
            Map(files, measured, models, new FatMapping(dataset, options, fat), maps, cancellationToken);
        }

        return new CompositionResult(slices, CompositionSummary.ByPatient(slices), CompositionSummary.ByLevel(slices), [.. problems.OrderBy(p => p.Message, StringComparer.Ordinal)]) { Scans = CompositionSummary.ByScan(slices) };
    }

    private static void Map(Sample[][] files, MeasuredSlice[][] measured, TissueModel?[][] models, FatMapping mapping, Action<FatMap> maps, CancellationToken cancellationToken)
    {
        int[] first = new int[files.Length];
        for (int i = 1; i < first.Length; i++)
        {
            first[i] = first[i - 1] + measured[i - 1].Length;
        }

        ParallelLoop.For(files.Length, i =>
        {
            if (measured[i].Length > 0)
            {
                foreach (FatMap map in mapping.Map(files[i], measured[i], models[first[i]..(first[i] + measured[i].Length)]))
                {
                    maps(map);
                }
            }
        }, cancellationToken);
    }

    private static void RequireLevels(RoiComposition[] slices, CompositionOptions options)
    {
        if (options.Levels.Count > 0 && slices.Length > 0 && Array.TrueForAll(slices, s => s.Level is null))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.LevelInvalid, $"No slice has one of the {options.Levels.Count} names in -Level, the first of which is {options.Levels[0].Slice}. The first slice is {slices[0].Slice}.")
            {
                Advice = "Write the names of slices without file extension, or patterns such as '*_S03'.",
            };
        }
    }

    /// <summary>Reads the images of the samples of a file.</summary>
    internal static IEnumerable<(Sample Sample, ImageSlice Image)> Slices(Sample[] samples, Dataset dataset, DixonImages? fat)
    {
        IReadOnlyList<string?> channels = fat is { AreChannels: true } ? samples[0].ChannelPaths : [];
        foreach (ImageSlice image in ImageSource.Read(samples[0].ImagePath!, channels, dataset.Reading))
        {
            if (Array.Find(samples, s => image.Frames == 1 || s.Name.EndsWith(FrameName.Of("", image.Frame, image.Frames), StringComparison.Ordinal)) is { } sample)
            {
                yield return (sample, fat?.WaterOf(image) ?? image);
            }
        }
    }

    /// <summary>Returns the Dixon fat fraction of a pixel, 0 to 1.</summary>
    internal static float FatFraction(float water, float fat) => Math.Clamp(fat / (fat + water), 0, 1);

    private static MeasuredSlice[] Read(Sample[] samples, Dataset dataset, CompositionOptions options, DixonImages? fat, ScanNames scans, ConcurrentQueue<LabelProblem> problems)
    {
        var slices = new List<MeasuredSlice>();
        try
        {
            foreach ((Sample sample, ImageSlice image) in Slices(samples, dataset, fat))
            {
                MeasuredSlice measured = Measure(sample, image, dataset.LabelNames, options, fat);
                slices.Add(measured with { Rois = Array.ConvertAll([.. measured.Rois], roi => roi with { Scan = scans.Of(sample) }) });
                if (options.SideSource == SideSource.Position && !RoiSides.CanDivide(image.Plane) && dataset.LabelNames.Any(name => RoiSides.OfName(name) is null))
                {
                    problems.Enqueue(SideUnknown(sample));
                }
            }
        }
        catch (MedSegException e)
        {
            problems.Enqueue(LabelProblem.Of(e));
        }

        return [.. slices];
    }

    private static LabelProblem SideUnknown(Sample sample) =>
        new(ErrorIds.SideUnknown, LabelSeverity.Warning, $"{sample.Name}: ROIs are not divided into left and right, since the image states no position, or is sagittal.", 0)
        {
            Advice = "Draw left and right as ROIs of their own, or use images that state position and orientation.",
        };

    private static MeasuredSlice Measure(Sample sample, ImageSlice image, IReadOnlyList<string> names, CompositionOptions options, DixonImages? fat)
    {
        byte[] mask = sample.Pixels!.ReadTruth().Unpack();
        byte[] inner = RoiShape.Erode(mask, image.Columns, options.Erosion);
        float[]? fatPixels = fat?.Read(sample.Name, image).Pixels;
        double? location = image.Plane is { } plane ? plane.Origin.Dot(plane.Normal) + 0.0 : null;
        string? level = SliceLevel.Of(options.Levels, sample.Name);
        var rois = new List<RoiComposition>();
        var intensities = new List<float[]>();
        var fractions = new List<float[]>();
        for (int roi = 1; roi <= names.Count; roi++)
        {
            foreach ((BodySide? side, byte[] part, byte[] innerPart) in Sides(names[roi - 1], mask, inner, image, options))
            {
                int[] at = [.. Enumerable.Range(0, innerPart.Length).Where(i => innerPart[i] == roi && IsSignal(image.Pixels[i], fatPixels?[i], options))];
                float[] values = Array.ConvertAll(at, i => image.Pixels[i]);
                intensities.Add(values);
                fractions.Add(fatPixels is null ? [] : Array.ConvertAll(at, i => FatFraction(image.Pixels[i], fatPixels[i])));
                rois.Add(Describe(sample, part, image, roi, names[roi - 1]) with { Side = side, Level = level, Location = location, MeasuredPixels = at.Length, Erosion = options.Erosion, FatMethod = options.Method });
                rois[^1] = AddIntensities(rois[^1], values);
            }
        }

        return new MeasuredSlice(rois, intensities, fractions);
    }

    internal static (BodySide? Side, byte[] Mask, byte[] Inner)[] Sides(string name, byte[] mask, byte[] inner, ImageSlice image, CompositionOptions options)
    {
        BodySide? named = RoiSides.OfName(name);
        return named is not null || options.SideSource == SideSource.Name || !RoiSides.CanDivide(image.Plane)
            ? [(named, mask, inner)]
            : Array.ConvertAll(Enum.GetValues<BodySide>(), side => ((BodySide?)side, RoiSides.Part(mask, image.Plane!.Value, side), RoiSides.Part(inner, image.Plane.Value, side)));
    }

    internal static bool IsSignal(float water, float? fat, CompositionOptions options) => fat is null || water + fat > Math.Max(0, options.NoiseFloor);

    private static RoiComposition Describe(Sample sample, byte[] mask, ImageSlice image, int roi, string name)
    {
        long pixels = mask.LongCount(value => value == roi);
        (double Row, double Column)? centroid = RoiShape.Centroid(mask, image.Columns, roi);
        return new RoiComposition
        {
            Slice = sample.Name,
            Patient = sample.Patient,
            Roi = roi,
            Name = name,
            Pixels = pixels,
            Area = pixels * image.Spacing?.PixelArea,
            Perimeter = image.Spacing is { } spacing ? RoiShape.Perimeter(mask, image.Columns, roi, spacing) : null,
            CentroidRow = centroid?.Row,
            CentroidColumn = centroid?.Column,
            MeasuredPixels = 0,
            Erosion = 0,
        };
    }

    private static RoiComposition AddIntensities(RoiComposition roi, float[] values)
    {
        if (values.Length == 0)
        {
            return roi;
        }

        double[] sorted = [.. values.Select(v => (double)v).Order()];
        return roi with
        {
            Mean = Statistics.Mean(sorted),
            Deviation = sorted.Length > 1 ? Statistics.StandardDeviation(sorted) : null,
            Median = Statistics.PercentileOfSorted<double>(sorted, 0.5),
            Minimum = sorted[0],
            Maximum = sorted[^1],
            Percentile5 = Statistics.PercentileOfSorted<double>(sorted, 0.05),
            Percentile25 = Statistics.PercentileOfSorted<double>(sorted, 0.25),
            Percentile75 = Statistics.PercentileOfSorted<double>(sorted, 0.75),
            Percentile95 = Statistics.PercentileOfSorted<double>(sorted, 0.95),
        };
    }
}
