using System.Globalization;
using System.Text.Json.Serialization;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Inspection;

/// <summary>The appearance of the slices that a model was trained on: statistics of the whole set, nothing about a single patient.</summary>
internal sealed record TrainingDataProfile
{
    // An image whose correlation with the median picture is below this share of the median correlation looks unlike the others.
    private const double UnlikeShare = 0.5;
    private const double MinimumLikeness = 0.6;
    private const double SpreadFactor = 3;
    private const double ValueTolerance = 1e-6;
    private const double PictureTolerance = 1e-3;

    /// <summary>Gets the modalities, for example MR.</summary>
    public required IReadOnlyList<string> Modalities { get; init; }

    /// <summary>Gets the minimum and the maximum of the slices' means.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>Gets the minimum and the maximum of the slices' standard deviations.</summary>
    public required IReadOnlyList<double> Deviations { get; init; }

    /// <summary>Gets the median of the coarse pictures: 16 × 16 cells, in standard deviations from the mean.</summary>
    public required IReadOnlyList<float> Picture { get; init; }

    /// <summary>Gets the median correlation of the slices with that picture.</summary>
    public required double Likeness { get; init; }

    /// <summary>Gets how often the labels of each ROI are in several parts; null in files written before it was recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RoiPartCount>? RoiParts { get; init; }

    /// <summary>Gets the axis along which all volumes of the training images were cut; null if they were cut in several ways, there were none, or it was not recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SliceAxis? SliceAxis { get; init; }

    /// <summary>Describes training slices.</summary>
    /// <param name="samples">The slices, all usable.</param>
    /// <param name="size">The side S of the input.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The profile; null if no slice has any contrast.</returns>
    public static TrainingDataProfile? Of(IReadOnlyList<Sample> samples, int size, CancellationToken cancellationToken = default)
    {
        Sample[] seen = [.. samples.Where(s => s.Spread is { Deviation: > 0 })];
        if (seen.Length == 0)
        {
            return null;
        }

        float[][] grids = new float[seen.Length][];
        ParallelLoop.For(grids.Length, i => grids[i] = Coarse(seen[i], size), cancellationToken);
        float[] usual = new float[grids[0].Length];
        ParallelLoop.For(usual.Length, cell => usual[cell] = (float)Statistics.Median([.. grids.Select(g => (double)g[cell])]), cancellationToken);

        return new TrainingDataProfile
        {
            Modalities = [.. seen.Select(s => s.Modality).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            Means = [seen.Min(s => s.Spread!.Value.Mean), seen.Max(s => s.Spread!.Value.Mean)],
            Deviations = [seen.Min(s => s.Spread!.Value.Deviation), seen.Max(s => s.Spread!.Value.Deviation)],
            Picture = usual,
            Likeness = Statistics.Median([.. grids.Select(g => OutlierFinder.Correlate(g, usual))]),
            SliceAxis = samples.Select(s => s.Axis).OfType<SliceAxis>().Distinct().ToArray() is [var axis] ? axis : null,
            RoiParts = [.. Enumerable.Range(1, samples[0].RoiPixels.Count - 1).Select(roi => RoiPartCount.Of(samples, roi))],
        };
    }

    /// <summary>Says whether another profile is of the same slices, apart from rounding on another CPU.</summary>
    /// <param name="other">The other profile.</param>
    public bool IsOfSameSlices(TrainingDataProfile other)
    {
        return Modalities.SequenceEqual(other.Modalities)
            && Means.Zip(other.Means).All(pair => IsNear(pair.First, pair.Second))
            && Deviations.Zip(other.Deviations).All(pair => IsNear(pair.First, pair.Second))
            && Picture.Count == other.Picture.Count
            && Picture.Zip(other.Picture).All(pair => Math.Abs(pair.First - pair.Second) < PictureTolerance);

        bool IsNear(double a, double b) => Math.Abs(a - b) <= ValueTolerance * Math.Max(Math.Abs(a), Deviations[1]);
    }

    /// <summary>Describes how an image differs from the training slices.</summary>
    /// <param name="modality">The modality of the image; null if its file does not state it.</param>
    /// <param name="spread">The mean and spread of its values.</param>
    /// <param name="input">The network's input for the image, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <returns>The differences; none if it looks like them.</returns>
    public IEnumerable<string> Differences(string? modality, IntensitySpread spread, float[] input, int size)
    {
        if (modality is not null && Modalities.Count > 0 && !Modalities.Contains(modality))
        {
            yield return $"the modality is {modality}, but that of the training images is {string.Join(" or ", Modalities)}";
        }

        double margin = Math.Max(Means[1] - Means[0], Deviations[1]);
        if (spread.Mean < Means[0] - margin || spread.Mean > Means[1] + margin)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the mean of the values is {spread.Mean:0.##}, but that of the training images is {Means[0]:0.##} to {Means[1]:0.##}");
        }

        if (spread.Deviation < Deviations[0] / SpreadFactor || spread.Deviation > Deviations[1] * SpreadFactor)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the standard deviation of the values is {spread.Deviation:0.##}, but that of the training images is {Deviations[0]:0.##} to {Deviations[1]:0.##}");
        }

        double likeness = OutlierFinder.Correlate(SliceFeatures.Picture(input, size), [.. Picture]);
        if (Likeness >= MinimumLikeness && likeness < UnlikeShare * Likeness)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"it looks unlike the training images (correlation with their median picture {likeness:0.00}, usually {Likeness:0.00}): the plane, contrast or orientation may be different");
        }
    }

    private static float[] Coarse(Sample sample, int size)
    {
        using RentedSlice pixels = sample.Pixels!.Open();
        return SliceFeatures.Picture(pixels.FirstChannel(), size);
    }
}
