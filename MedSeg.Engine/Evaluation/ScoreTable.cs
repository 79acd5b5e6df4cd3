using MedSeg.Agreement;
using MedSeg.Imaging;
using MedSeg.Metrics;

namespace MedSeg.Evaluation;

/// <summary>Summarizes the scores of slices by patient and by ROI.</summary>
internal static class ScoreTable
{
    /// <summary>Summarizes by patient: overlaps over all pixels, and means of the distances of the slices that have them.</summary>
    public static IReadOnlyList<CaseScore> ByPatient(IEnumerable<CaseScore> slices, IReadOnlyDictionary<(string? Slice, int Roi), OverlapCounts> counts) =>
    [
        .. slices.GroupBy(s => (s.Patient, s.Roi)).Select(group =>
        {
            OverlapCounts sum = group.Aggregate(default(OverlapCounts), (total, s) => total + counts[(s.Slice, s.Roi)]);
            return new CaseScore
            {
                Patient = group.Key.Patient,
                Slices = group.Count(),
                Roi = group.Key.Roi,
                Name = group.First().Name,
                TruthPixels = sum.Truth,
                FoundPixels = sum.Found,
                TruthArea = group.Any(s => s.TruthArea is null) ? null : group.Sum(s => s.TruthArea),
                FoundArea = group.Any(s => s.FoundArea is null) ? null : group.Sum(s => s.FoundArea),
                Dice = sum.Dice,
                Iou = sum.Iou,
                Precision = sum.Precision,
                Recall = sum.Recall,
                Hausdorff95 = group.Average(s => s.Hausdorff95),
                SurfaceDistance = group.Average(s => s.SurfaceDistance),
            };
        }),
    ];

    /// <summary>Summarizes by ROI.</summary>
    public static ModelScore Summarize(IReadOnlyList<CaseScore> slices, IReadOnlyList<CaseScore> patients, int seed)
    {
        var score = new ModelScore
        {
            Roi = slices[0].Roi,
            Name = slices[0].Name,
            Slices = slices.Count,
            Patients = patients.Count,
            BothEmpty = slices.Count(s => s is { TruthPixels: 0, FoundPixels: 0 }),
            Missed = slices.Count(s => s is { TruthPixels: > 0, FoundPixels: 0 }),
            Invented = slices.Count(s => s is { TruthPixels: 0, FoundPixels: > 0 }),
            DistanceSlices = slices.Count(s => s.Hausdorff95 is not null),
        };
        MeasuredPair[] areas = [.. slices.Where(s => s is { TruthArea: not null } && (s.TruthPixels > 0 || s.FoundPixels > 0)).Select(s => new MeasuredPair(s.Patient, s.TruthArea!.Value, s.FoundArea!.Value))];
        return AddAreas(AddDistances(AddOverlap(score, slices, patients, seed), slices, seed), areas);
    }

    /// <summary>Computes the mean over slices and its 95 % interval; see <see cref="PatientBootstrap"/>.</summary>
    internal static Estimate? Mean(IEnumerable<CaseScore> scores, Func<CaseScore, double?> of, int seed) =>
        PatientBootstrap.Mean(scores.Select(score => (score.Patient, of(score))), seed);

    private static ModelScore AddOverlap(ModelScore score, IReadOnlyList<CaseScore> slices, IReadOnlyList<CaseScore> patients, int seed)
    {
        Estimate? dice = Mean(slices, s => s.Dice, seed);
        Estimate? patientDice = Mean(patients, s => s.Dice, seed);
        Estimate? iou = Mean(slices, s => s.Iou, seed);
        Estimate? precision = Mean(slices, s => s.Precision, seed);
        Estimate? recall = Mean(slices, s => s.Recall, seed);
        return score with
        {
            Dice = dice?.Value,
            DiceLow = dice?.Low,
            DiceHigh = dice?.High,
            PatientDice = patientDice?.Value,
            PatientDiceLow = patientDice?.Low,
            PatientDiceHigh = patientDice?.High,
            Iou = iou?.Value,
            IouLow = iou?.Low,
            IouHigh = iou?.High,
            Precision = precision?.Value,
            PrecisionLow = precision?.Low,
            PrecisionHigh = precision?.High,
            Recall = recall?.Value,
            RecallLow = recall?.Low,
            RecallHigh = recall?.High,
        };
    }

    private static ModelScore AddDistances(ModelScore score, IReadOnlyList<CaseScore> slices, int seed)
    {
        Estimate? hausdorff = Mean(slices, s => s.Hausdorff95, seed);
        Estimate? surface = Mean(slices, s => s.SurfaceDistance, seed);
        return score with
        {
            Hausdorff95 = hausdorff?.Value,
            Hausdorff95Low = hausdorff?.Low,
            Hausdorff95High = hausdorff?.High,
            SurfaceDistance = surface?.Value,
            SurfaceDistanceLow = surface?.Low,
            SurfaceDistanceHigh = surface?.High,
        };
    }

    private static ModelScore AddAreas(ModelScore score, MeasuredPair[] areas)
    {
        if (areas.Length == 0)
        {
            return score;
        }

        double[] differences = Array.ConvertAll(areas, pair => pair.Difference);
        MeasuredPair[] patients = MeasuredPair.BySubject(areas);
        double[][] rated = [.. patients.Select(p => new[] { p.First, p.Second })];
        var limits = BlandAltman.Of(areas);
        var icc = IntraclassCorrelation.Of(rated);
        Estimate? concordance = Concordance.Of(patients);
        var error = MeasurementError.Of(rated);
        return score with
        {
            AreaBias = differences.Average(),
            AreaBiasLow = limits.Bias.Low,
            AreaBiasHigh = limits.Bias.High,
            AreaLimit = differences.Length > 1 ? 1.96 * Statistics.StandardDeviation(differences) : null,
            AreaLowerLimit = limits.LowerLimit?.Value,
            AreaUpperLimit = limits.UpperLimit?.Value,
            Icc21 = icc?.Agreement.Value,
            Icc21Low = icc?.Agreement.Low,
            Icc21High = icc?.Agreement.High,
            Icc31 = icc?.Consistency.Value,
            Icc31Low = icc?.Consistency.Low,
            Icc31High = icc?.Consistency.High,
            Concordance = concordance?.Value,
            ConcordanceLow = concordance?.Low,
            ConcordanceHigh = concordance?.High,
            Sem = error?.Sem,
            Mdc = error?.Mdc,
        };
    }
}
