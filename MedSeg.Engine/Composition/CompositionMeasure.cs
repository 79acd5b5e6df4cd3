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
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The measurements. Slices that cannot be measured are in its problems.</returns>
    /// <exception cref="MedSegException">An option is out of range or does not fit the data, or the fat images are missing.</exception>
    public static CompositionResult Measure(Dataset dataset, CompositionOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new CompositionOptions();
        options.Validate(dataset.LabelNames);
        var fat = DixonImages.Open(options.FatImagePath, dataset.Reading);
        Sample[][] files = [.. dataset.Samples.Where(s => s.IsUsable).GroupBy(s => s.ImagePath!).Select(g => g.ToArray())];
        var measured = new MeasuredSlice[files.Length][];
        var problems = new ConcurrentQueue<LabelProblem>();
        int done = 0;
        ParallelLoop.For(files.Length, i =>
        {
            measured[i] = Read(files[i], dataset, options, fat, problems);
            events?.Progress?.Invoke(new WorkProgress(Interlocked.Increment(ref done), files.Length));
        }, cancellationToken);
        RoiComposition[] slices = [.. FatMeasure.Add([.. measured.SelectMany(ofFile => ofFile)], options)];
        return new CompositionResult(slices, [.. slices.GroupBy(s => s.Patient).SelectMany(patient => Summarize([.. patient]))], [.. problems.OrderBy(p => p.Message, StringComparer.Ordinal)]);
    }

    private static MeasuredSlice[] Read(Sample[] samples, Dataset dataset, CompositionOptions options, DixonImages? fat, ConcurrentQueue<LabelProblem> problems)
    {
        var slices = new List<MeasuredSlice>();
        try
        {
            foreach (ImageSlice image in ImageSource.Read(samples[0].ImagePath!, dataset.Reading))
            {
                if (Array.Find(samples, s => image.Frames == 1 || s.Name.EndsWith(FrameName.Of("", image.Frame, image.Frames), StringComparison.Ordinal)) is { } sample)
                {
                    slices.Add(Measure(sample, image, dataset.LabelNames, options, fat));
                }
            }
        }
        catch (MedSegException e)
        {
            problems.Enqueue(LabelProblem.Of(e));
        }

        return [.. slices];
    }

    private static MeasuredSlice Measure(Sample sample, ImageSlice image, IReadOnlyList<string> names, CompositionOptions options, DixonImages? fat)
    {
        byte[] mask = sample.Pixels!.ReadTruth().Unpack();
        byte[] inner = RoiShape.Erode(mask, image.Columns, options.Erosion);
        float[]? fatPixels = fat?.Read(sample.Name, image).Pixels;
        double? location = image.Plane is { } plane ? plane.Origin.Dot(plane.Normal) + 0.0 : null;
        var rois = new List<RoiComposition>();
        var intensities = new List<float[]>();
        var fractions = new List<float[]>();
        for (int roi = 1; roi <= names.Count; roi++)
        {
            int[] at = [.. Enumerable.Range(0, inner.Length).Where(i => inner[i] == roi && IsSignal(image.Pixels[i], fatPixels?[i], options))];
            float[] values = Array.ConvertAll(at, i => image.Pixels[i]);
            intensities.Add(values);
            fractions.Add(fatPixels is null ? [] : Array.ConvertAll(at, i => Math.Clamp(fatPixels[i] / (fatPixels[i] + image.Pixels[i]), 0, 1)));
            rois.Add(Describe(sample, mask, image, roi, names[roi - 1]) with { Location = location, MeasuredPixels = at.Length, Erosion = options.Erosion, FatMethod = options.Method });
            rois[^1] = AddIntensities(rois[^1], values);
        }

        return new MeasuredSlice(rois, intensities, fractions);
    }

    private static bool IsSignal(float water, float? fat, CompositionOptions options) => fat is null || water + fat > Math.Max(0, options.NoiseFloor);

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

    private static IEnumerable<PatientComposition> Summarize(RoiComposition[] patient)
    {
        foreach (IGrouping<int, RoiComposition> group in patient.GroupBy(s => s.Roi))
        {
            RoiComposition[] slices = [.. group.OrderBy(s => s.Location)];
            RoiComposition[] seen = [.. slices.Where(s => s.Pixels > 0)];
            RoiComposition[] rated = [.. seen.Where(s => s.FatPercent is not null)];
            double[]? depths = SlabDepth.Of([.. slices.Select(s => s.Location)]);
            bool hasAreas = Array.TrueForAll(slices, s => s.Area is not null);
            bool isLean = seen.Length > 0 && rated.Length == seen.Length && hasAreas;
            yield return new PatientComposition
            {
                Patient = slices[0].Patient,
                Roi = group.Key,
                Name = slices[0].Name,
                Slices = slices.Length,
                SlicesWithRoi = seen.Length,
                MeanArea = hasAreas && seen.Length > 0 ? seen.Average(s => s.Area) : null,
                LargestArea = hasAreas && seen.Length > 0 ? seen.Max(s => s.Area) : null,
                LargestSlice = seen.MaxBy(s => s.Pixels)?.Slice,
                Volume = hasAreas && depths is not null ? slices.Select((s, i) => s.Area!.Value * depths[i]).Sum() : null,
                Mean = seen.Any(s => s.Mean is not null) ? seen.Sum(s => s.Mean * s.MeasuredPixels) / seen.Sum(s => s.MeasuredPixels) : null,
                FatPercent = rated.Length > 0 ? rated.Sum(s => s.FatPercent * (s.Area ?? s.Pixels)) / rated.Sum(s => s.Area ?? s.Pixels) : null,
                MeanLeanArea = isLean ? seen.Average(s => s.LeanArea) : null,
                LeanVolume = isLean && depths is not null ? slices.Select((s, i) => (s.LeanArea ?? 0) * depths[i]).Sum() : null,
                FatMethod = slices[0].FatMethod,
            };
        }
    }
}
