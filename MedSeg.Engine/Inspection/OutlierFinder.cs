using System.Globalization;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Inspection;

/// <summary>
/// Finds ROIs of unusual position, size or brightness, compared with all samples and with the other slices of the patient, whose
/// anatomy varies less; and images that look unlike the others.
/// </summary>
internal static class OutlierFinder
{
    // In standard deviations.
    private const double FarOff = 4.5;

    // The number of slices from which on a patient has statistics of its own.
    private const int MinimumSlicesOfPatient = 4;

    // Outliers hide each other, because they widen the statistics. Once those found are left out, more may be found.
    private const int Rounds = 4;

    // If the median correlation with the median picture is at least the first, images whose correlation is below that share of it are outliers.
    private const double Agreement = 0.6;
    private const double UnlikeShare = 0.5;

    /// <summary>Finds unusual ROIs.</summary>
    public static void FindRois(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        for (int roi = 1; roi <= names.Count; roi++)
        {
            InspectedSlice[] having = [.. slices.Where(s => s.Measure[roi] is not null && !s.Likely.ContainsKey(roi))];
            var reasons = new Dictionary<InspectedSlice, string>(ReferenceEqualityComparer.Instance);
            for (int round = 0; round < Rounds; round++)
            {
                if (!Judge(having, roi, reasons, cancellationToken))
                {
                    break;
                }
            }

            foreach ((InspectedSlice slice, string reason) in reasons)
            {
                slice.Add(
                    ErrorIds.RoiOutlier, LabelSeverity.Warning, $"'{names[roi - 1]}' ({roi}) {reason}.", "Check whether the mask belongs to this image and is complete.", pixels: slice.Sample.RoiPixels[roi]);
            }
        }
    }

    /// <summary>Finds images that look unlike the others: of another plane, contrast or orientation.</summary>
    public static void FindImages(IReadOnlyList<InspectedSlice> slices, CancellationToken cancellationToken)
    {
        InspectedSlice[] seen = [.. slices.Where(s => s.Measure.Deviation > 0)];
        if (seen.Length < RoiStatistics.MinimumSlices)
        {
            return;
        }

        float[] usual = new float[SliceFeatures.GridSide * SliceFeatures.GridSide];
        ParallelLoop.For(usual.Length, cell => usual[cell] = (float)Statistics.Median([.. seen.Select(s => (double)s.Measure.Grid[cell])]), cancellationToken);
        double[] likeness = new double[seen.Length];
        ParallelLoop.For(likeness.Length, i => likeness[i] = Correlate(seen[i].Measure.Grid, usual), cancellationToken);
        double most = Statistics.Median(likeness);
        for (int i = 0; i < seen.Length && most >= Agreement; i++)
        {
            if (likeness[i] < UnlikeShare * most)
            {
                string finding = string.Create(CultureInfo.InvariantCulture, $"The image looks unlike the others: its correlation with the median image is {likeness[i]:0.00}, usually {most:0.00}.");
                seen[i].Add(ErrorIds.ImageOutlier, LabelSeverity.Warning, finding, "Check its plane and its contrast, and whether it is rotated or inverted.", isOfImage: true);
            }
        }
    }

    // Returns whether more outliers were found.
    private static bool Judge(InspectedSlice[] having, int roi, Dictionary<InspectedSlice, string> reasons, CancellationToken cancellationToken)
    {
        InspectedSlice[] normal = [.. having.Where(s => !reasons.ContainsKey(s))];
        if (RoiStatistics.Fit([.. normal.Select(s => s.Measure[roi]!)], cancellationToken) is not { } model)
        {
            return false;
        }

        Dictionary<string, double[]> patients = normal.GroupBy(s => s.Sample.Patient).Where(g => g.Count() >= MinimumSlicesOfPatient)
            .ToDictionary(g => g.Key, g => Medians([.. g.Select(s => s.Measure[roi]!)]));
        RoiStatistics? ofPatient = RoiStatistics.Fit([.. normal.Where(s => patients.ContainsKey(s.Sample.Patient)).Select(s => Less(s.Measure[roi]!, patients[s.Sample.Patient]))], cancellationToken);
        int before = reasons.Count;
        foreach (InspectedSlice slice in normal)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[] features = slice.Measure[roi]!;
            string? reason = Describe(features, model, model.Centre, "in other samples");
            if (reason is null && ofPatient is not null && patients.TryGetValue(slice.Sample.Patient, out double[]? own))
            {
                reason = Describe(Less(features, own), ofPatient, own, "in the patient's other slices");
            }

            if (reason is not null)
            {
                reasons.Add(slice, reason);
            }
        }

        return reasons.Count > before;
    }

    private static string? Describe(double[] features, RoiStatistics model, double[] usual, string where)
    {
        // The position of the body within the image varies: a position is unusual only if it is so in the image and in the body.
        double position = Math.Min(Off(model, features, RoiFeature.ImageX, RoiFeature.ImageY), Off(model, features, RoiFeature.BodyX, RoiFeature.BodyY));
        double size = SmallerOf(model.Deviation(features, RoiFeature.Size), model.Deviation(features, RoiFeature.Share));
        double brightness = model.Deviation(features, RoiFeature.Brightness);
        var reasons = new List<string>();
        if (position > FarOff)
        {
            reasons.Add($"is far from its position {where}");
        }

        if (Math.Abs(size) > FarOff)
        {
            double factor = Math.Exp(features[(int)RoiFeature.Size] - (ReferenceEquals(usual, model.Centre) ? usual[(int)RoiFeature.Size] : 0));
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"is {factor:0.0#} times as large as {where}"));
        }

        if (Math.Abs(brightness) > FarOff)
        {
            reasons.Add($"is much {(brightness > 0 ? "brighter" : "darker")} than {where}");
        }

        return reasons.Count == 0 ? null : string.Join(" and ", reasons);
    }

    private static double SmallerOf(double first, double second) => Math.Abs(first) < Math.Abs(second) || second == 0 ? first : second;

    private static double Off(RoiStatistics model, double[] features, RoiFeature x, RoiFeature y) =>
        Math.Max(Math.Abs(model.Deviation(features, x)), Math.Abs(model.Deviation(features, y)));

    private static double[] Medians(double[][] features) =>
        [.. Enumerable.Range(0, SliceFeatures.FeatureCount).Select(f => features.Select(v => v[f]).Where(double.IsFinite).ToArray() is { Length: > 0 } values ? Statistics.Median(values) : double.NaN)];

    private static double[] Less(double[] features, double[] usual) => [.. features.Select((value, f) => value - usual[f])];

    /// <summary>Computes the correlation of two pictures (Pearson); 0 if one is constant.</summary>
    internal static double Correlate(float[] a, float[] b)
    {
        double meanA = a.Average();
        double meanB = b.Average();
        double both = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            both += (a[i] - meanA) * (b[i] - meanB);
            squaresA += (a[i] - meanA) * (a[i] - meanA);
            squaresB += (b[i] - meanB) * (b[i] - meanB);
        }

        return squaresA > 0 && squaresB > 0 ? both / Math.Sqrt(squaresA * squaresB) : 0;
    }
}
