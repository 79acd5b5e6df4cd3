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
        double[] differences = [.. slices.Where(s => s is { TruthArea: not null } && (s.TruthPixels > 0 || s.FoundPixels > 0)).Select(s => s.FoundArea!.Value - s.TruthArea!.Value)];
        double? bias = differences.Length > 0 ? differences.Average() : null;
        return new ModelScore
        {
            Roi = slices[0].Roi,
            Name = slices[0].Name,
            Slices = slices.Count,
            Patients = patients.Count,
            BothEmpty = slices.Count(s => s is { TruthPixels: 0, FoundPixels: 0 }),
            Missed = slices.Count(s => s is { TruthPixels: > 0, FoundPixels: 0 }),
            Invented = slices.Count(s => s is { TruthPixels: 0, FoundPixels: > 0 }),
            Dice = Summarize(slices, s => s.Dice, seed),
            PatientDice = Summarize(patients, s => s.Dice, seed),
            Iou = Summarize(slices, s => s.Iou, seed),
            Precision = Summarize(slices, s => s.Precision, seed),
            Recall = Summarize(slices, s => s.Recall, seed),
            Hausdorff95 = Summarize(slices, s => s.Hausdorff95, seed),
            SurfaceDistance = Summarize(slices, s => s.SurfaceDistance, seed),
            AreaBias = bias,
            AreaLimit = differences.Length > 1 ? 1.96 * Statistics.StandardDeviation(differences) : null,
        };
    }

    /// <summary>Computes the mean and its 95 % interval; see <see cref="PatientBootstrap"/>.</summary>
    internal static ScoreSummary Summarize(IEnumerable<CaseScore> scores, Func<CaseScore, double?> of, int seed)
    {
        CaseScore[] all = [.. scores];
        int count = all.Count(score => of(score) is not null);
        return PatientBootstrap.Mean(all.Select(score => (score.Patient, of(score))), seed) is { } mean
            ? new ScoreSummary(mean.Value, mean.Low, mean.High, count)
            : new ScoreSummary(null, null, null, 0);
    }
}
