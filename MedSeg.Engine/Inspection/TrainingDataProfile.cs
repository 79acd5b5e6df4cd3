using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Imaging;

namespace MedSeg.Inspection;

/// <summary>What the slices look like that a model has learned from: numbers of the whole set, nothing of a patient.</summary>
internal sealed record TrainingDataProfile
{
    // An image whose likeness to the usual picture is below this part of the usual likeness looks like something else.
    private const double UnlikePart = 0.5;
    private const double LeastLikeness = 0.6;
    private const double SpreadFactor = 3;

    /// <summary>Gets the modalities, for example MR.</summary>
    public required IReadOnlyList<string> Modalities { get; init; }

    /// <summary>Gets the least and the greatest mean of a slice's own values.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>Gets the least and the greatest standard deviation of a slice's own values.</summary>
    public required IReadOnlyList<double> Deviations { get; init; }

    /// <summary>Gets the median of the coarse pictures, 16 × 16 cells in standard deviations from the mean.</summary>
    public required IReadOnlyList<float> Picture { get; init; }

    /// <summary>Gets the median of the correlations of the slices with that picture.</summary>
    public required double Likeness { get; init; }

    /// <summary>Describes training slices.</summary>
    /// <param name="samples">The slices, all usable.</param>
    /// <param name="size">The side S of the input.</param>
    /// <returns>The profile; null where no slice has any contrast.</returns>
    public static TrainingDataProfile? Of(IReadOnlyList<Sample> samples, int size)
    {
        Sample[] seen = [.. samples.Where(s => s.Spread is { Deviation: > 0 })];
        if (seen.Length == 0)
        {
            return null;
        }

        float[][] grids = Array.ConvertAll(seen, s => Coarse(s, size));
        float[] usual = new float[grids[0].Length];
        for (int cell = 0; cell < usual.Length; cell++)
        {
            usual[cell] = (float)RoiStatistics.Median([.. grids.Select(g => (double)g[cell])]);
        }

        return new TrainingDataProfile
        {
            Modalities = [.. seen.Select(s => s.Modality).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            Means = [seen.Min(s => s.Spread!.Value.Mean), seen.Max(s => s.Spread!.Value.Mean)],
            Deviations = [seen.Min(s => s.Spread!.Value.Deviation), seen.Max(s => s.Spread!.Value.Deviation)],
            Picture = usual,
            Likeness = RoiStatistics.Median([.. grids.Select(g => OutlierFinder.Correlate(g, usual))]),
        };
    }

    /// <summary>Says in what an image differs from the training slices.</summary>
    /// <param name="modality">The image's modality; null where its file does not say.</param>
    /// <param name="spread">The spread of its own values.</param>
    /// <param name="input">The network's input made of it, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <returns>The reasons; none where it looks like them.</returns>
    public IEnumerable<string> Differences(string? modality, IntensitySpread spread, float[] input, int size)
    {
        if (modality is not null && Modalities.Count > 0 && !Modalities.Contains(modality))
        {
            yield return $"the modality is {modality}, that of the training images {string.Join(" or ", Modalities)}";
        }

        double margin = Math.Max(Means[1] - Means[0], Deviations[1]);
        if (spread.Mean < Means[0] - margin || spread.Mean > Means[1] + margin)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the mean of the values is {spread.Mean:0.##}, that of the training images {Means[0]:0.##} to {Means[1]:0.##}");
        }

        if (spread.Deviation < Deviations[0] / SpreadFactor || spread.Deviation > Deviations[1] * SpreadFactor)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the standard deviation of the values is {spread.Deviation:0.##}, that of the training images {Deviations[0]:0.##} to {Deviations[1]:0.##}");
        }

        double likeness = OutlierFinder.Correlate(SliceFeatures.Picture(input, size), [.. Picture]);
        if (Likeness >= LeastLikeness && likeness < UnlikePart * Likeness)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"it looks unlike the training images (correlation with their usual picture {likeness:0.00}, usually {Likeness:0.00}): another plane, contrast or orientation");
        }
    }

    private static float[] Coarse(Sample sample, int size)
    {
        using RentedSlice pixels = sample.Pixels!.Open();
        return SliceFeatures.Picture(pixels.Image, size);
    }
}
