using MedSeg.Agreement;
using MedSeg.Metrics;
using MedSeg.Threading;

namespace MedSeg.Comparison;

/// <summary>Summarizes the scores of slices by patient and by ROI.</summary>
internal static class AgreementTable
{
    /// <summary>Summarizes by patient: overlaps over all pixels, means of distances, and means of areas.</summary>
    public static IEnumerable<MaskScore> ByPatient(IEnumerable<(MaskScore Score, OverlapCounts Counts)> slices, CancellationToken cancellationToken) =>
        slices.GroupBy(s => (s.Score.RaterA, s.Score.RaterB, s.Score.Patient, s.Score.Roi)).Select(group =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            OverlapCounts sum = group.Aggregate(default(OverlapCounts), (total, s) => total + s.Counts);
            MaskScore[] seen = [.. group.Select(s => s.Score).Where(IsSeen)];
            return group.First().Score with
            {
                Slice = null,
                Slices = group.Count(),
                PixelsA = sum.Truth,
                PixelsB = sum.Found,
                AreaA = seen.Length > 0 ? seen.Average(s => s.AreaA) : 0,
                AreaB = seen.Length > 0 ? seen.Average(s => s.AreaB) : 0,
                Dice = sum.Dice,
                Iou = sum.Iou,
                Hausdorff95 = seen.Average(s => s.Hausdorff95),
                SurfaceDistance = seen.Average(s => s.SurfaceDistance),
            };
        });

    /// <summary>Summarizes by ROI and pair of raters, and all raters together if there are more than two.</summary>
    public static IEnumerable<RoiAgreement> ByRoi(IReadOnlyList<MaskScore> slices, RatedSet set, MaskComparisonOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        IGrouping<(string, string, int), MaskScore>[] pairs = [.. slices.GroupBy(s => (s.RaterA, s.RaterB, s.Roi))];
        for (int i = 0; i < pairs.Length; i++)
        {
            events?.Progress?.Invoke(new WorkProgress(i, pairs.Length) { Stage = "Computing the agreement of ROIs" });
            yield return Summarize([.. pairs[i]], options, cancellationToken);
        }

        if (set.Raters.Count > 2)
        {
            foreach (IGrouping<int, MaskScore> roi in slices.GroupBy(s => s.Roi))
            {
                yield return SummarizeAll([.. roi], set.Raters);
            }
        }
    }

    private static bool IsSeen(MaskScore score) => score.PixelsA > 0 || score.PixelsB > 0;

    private static RoiAgreement Summarize(IReadOnlyList<MaskScore> slices, MaskComparisonOptions options, CancellationToken cancellationToken)
    {
        MaskScore[] seen = [.. slices.Where(IsSeen)];
        RoiAgreement empty = Empty(slices[0], seen) with { OnlyA = seen.Count(s => s.PixelsB == 0), OnlyB = seen.Count(s => s.PixelsA == 0) };
        if (seen.Length == 0)
        {
            return empty;
        }

        Estimate? dice = Mean(seen, s => s.Dice, options.Seed, cancellationToken);
        Estimate? iou = Mean(seen, s => s.Iou, options.Seed, cancellationToken);
        Estimate? hausdorff = Mean(seen, s => s.Hausdorff95, options.Seed, cancellationToken);
        Estimate? surface = Mean(seen, s => s.SurfaceDistance, options.Seed, cancellationToken);
        MeasuredPair[] pairs = [.. seen.Select(s => new MeasuredPair(s.Patient, s.AreaA, s.AreaB))];
        RoiAgreement scores = empty with
        {
            Dice = dice?.Value,
            DiceLow = dice?.Low,
            DiceHigh = dice?.High,
            Iou = iou?.Value,
            IouLow = iou?.Low,
            IouHigh = iou?.High,
            Hausdorff95 = hausdorff?.Value,
            Hausdorff95Low = hausdorff?.Low,
            Hausdorff95High = hausdorff?.High,
            SurfaceDistance = surface?.Value,
            SurfaceDistanceLow = surface?.Low,
            SurfaceDistanceHigh = surface?.High,
        };
        return Add(scores, pairs, options);
    }

    /// <summary>Adds the agreement of a measure of two raters.</summary>
    /// <param name="agreement">The ROI, measure and raters.</param>
    /// <param name="pairs">The values of slices, at least one.</param>
    /// <param name="options">The margin of equivalence.</param>
    public static RoiAgreement Add(RoiAgreement agreement, MeasuredPair[] pairs, MaskComparisonOptions options)
    {
        MeasuredPair[] patients = MeasuredPair.BySubject(pairs);
        RoiAgreement means = agreement with { Patients = patients.Length, MeanA = pairs.Average(p => p.First), MeanB = pairs.Average(p => p.Second) };
        return AddTests(AddReliability(AddLimits(means, BlandAltman.Of(pairs)), [.. patients.Select(p => new[] { p.First, p.Second })], patients), patients, options);
    }

    /// <summary>Adds the agreement of a measure of several raters together.</summary>
    /// <param name="agreement">The ROI and measure.</param>
    /// <param name="slices">The patient of each slice, and the values of all raters.</param>
    public static RoiAgreement AddAll(RoiAgreement agreement, IReadOnlyList<(string Patient, double[] Values)> slices)
    {
        int raters = slices.Count > 0 ? slices[0].Values.Length : 0;
        double[][] patients = [.. slices.GroupBy(s => s.Patient).Select(group => Enumerable.Range(0, raters).Select(i => group.Average(s => s.Values[i])).ToArray())];
        return AddReliability(agreement with { RaterA = $"all {raters}", RaterB = null, Slices = slices.Count, Patients = patients.Length }, patients, []);
    }

    // The statistics of several raters together need patients that all of them measured.
    private static RoiAgreement SummarizeAll(IReadOnlyList<MaskScore> scores, IReadOnlyList<string> raters)
    {
        var areas = new List<(string Patient, double[] Areas)>();
        foreach (IGrouping<string, MaskScore> slice in scores.GroupBy(s => s.Slice!))
        {
            Dictionary<string, double> ofRaters = slice.SelectMany(s => new[] { (s.RaterA, s.AreaA), (s.RaterB, s.AreaB) }).DistinctBy(s => s.Item1).ToDictionary(s => s.Item1, s => s.Item2);
            if (ofRaters.Count == raters.Count && ofRaters.Values.Any(area => area > 0))
            {
                areas.Add((slice.First().Patient, [.. raters.Select(rater => ofRaters[rater])]));
            }
        }

        return areas.Count > 0 ? AddAll(Empty(scores[0], []), areas) : Empty(scores[0], []) with { RaterA = $"all {raters.Count}", RaterB = null };
    }

    private static RoiAgreement Empty(MaskScore first, MaskScore[] seen) => new()
    {
        Roi = first.Roi,
        Name = first.Name,
        RaterA = first.RaterA,
        RaterB = first.RaterB,
        Slices = seen.Length,
        Patients = seen.Select(s => s.Patient).Distinct().Count(),
        Unit = first.Unit,
        MeasureUnit = first.AreaUnit,
    };

    private static RoiAgreement AddLimits(RoiAgreement agreement, BlandAltman limits) => agreement with
    {
        Bias = limits.Bias.Value,
        BiasLow = limits.Bias.Low,
        BiasHigh = limits.Bias.High,
        DifferenceDeviation = limits.Deviation,
        LowerLimit = limits.LowerLimit?.Value,
        LowerLimitLow = limits.LowerLimit?.Low,
        LowerLimitHigh = limits.LowerLimit?.High,
        UpperLimit = limits.UpperLimit?.Value,
        UpperLimitLow = limits.UpperLimit?.Low,
        UpperLimitHigh = limits.UpperLimit?.High,
        ProportionalBias = limits.Trend?.Slope.Value,
        ProportionalBiasLow = limits.Trend?.Slope.Low,
        ProportionalBiasHigh = limits.Trend?.Slope.High,
        ProportionalBiasP = limits.Trend?.Probability,
    };

    private static RoiAgreement AddReliability(RoiAgreement agreement, double[][] patients, MeasuredPair[] pairs)
    {
        var icc = IntraclassCorrelation.Of(patients);
        var error = MeasurementError.Of(patients);
        Estimate? concordance = pairs.Length > 0 ? Concordance.Of(pairs) : null;
        return agreement with
        {
            Icc21 = icc?.Agreement.Value,
            Icc21Low = icc?.Agreement.Low,
            Icc21High = icc?.Agreement.High,
            Icc31 = icc?.Consistency.Value,
            Icc31Low = icc?.Consistency.Low,
            Icc31High = icc?.Consistency.High,
            Icc2k = icc?.AverageAgreement.Value,
            Icc2kLow = icc?.AverageAgreement.Low,
            Icc2kHigh = icc?.AverageAgreement.High,
            Concordance = concordance?.Value,
            ConcordanceLow = concordance?.Low,
            ConcordanceHigh = concordance?.High,
            VariationPercent = 100 * error?.Variation,
            Sem = error?.Sem,
            Mdc = error?.Mdc,
        };
    }

    private static RoiAgreement AddTests(RoiAgreement agreement, MeasuredPair[] patients, MaskComparisonOptions options)
    {
        double[] differences = Array.ConvertAll(patients, p => p.Difference);
        double? margin = options.EquivalenceMargin ?? (options.EquivalencePercent / 100 * patients.Average(p => p.First));
        return agreement with
        {
            WilcoxonP = patients.Length > 1 ? SignedRankTest.Probability(differences) : null,
            EquivalenceMargin = margin,
            EquivalenceP = margin is { } limit ? EquivalenceTest.Probability(differences, limit) : null,
        };
    }

    private static Estimate? Mean(IEnumerable<MaskScore> scores, Func<MaskScore, double?> of, int seed, CancellationToken cancellationToken) =>
        PatientBootstrap.Mean(scores.Select(s => (s.Patient, of(s))), seed, cancellationToken);
}
