using MedSeg.Data;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Threading;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>The scores of models on the slices that they did not see, and the slices to look at.</summary>
/// <param name="Rois">The scores of each ROI.</param>
/// <param name="Slices">All slices, the lowest mean Dice first.</param>
/// <param name="InputSize">The side of the masks, in pixels.</param>
internal sealed record HeldOutGallery(IReadOnlyList<ModelScore> Rois, IReadOnlyList<GallerySlice> Slices, int InputSize)
{
    private const int WorstCount = 6;
    private const int MedianCount = 3;

    /// <summary>Gets the slices with the lowest mean Dice.</summary>
    public IEnumerable<GallerySlice> Worst => Slices.Take(WorstCount);

    /// <summary>Gets the slices around the median that are not among the worst.</summary>
    public IEnumerable<GallerySlice> Median => Slices.Skip(Math.Max(WorstCount, (Slices.Count - MedianCount) / 2)).Take(MedianCount);

    /// <summary>Scores a model on the slices of its data set that it did not see.</summary>
    /// <param name="dataset">The data set of its training.</param>
    /// <param name="modelPath">The absolute path of the model.</param>
    /// <param name="foldPath">The absolute path of the fold file of the training; null if there was none.</param>
    /// <param name="options">How to segment.</param>
    /// <param name="events">Receives progress.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>The scores; null if the model saw every slice.</returns>
    public static HeldOutGallery? Of(Dataset dataset, string modelPath, string? foldPath, InferenceOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> names = HeldOutSlices.Of(dataset, ModelEnsemble.Read([modelPath]).First, foldPath);
        Dataset seen = Subset(dataset, names);
        if (seen.Samples.Count == 0)
        {
            return null;
        }

        ModelEvaluation scores = ModelEvaluator.Evaluate(modelPath, seen, options, seed: 0, events, cancellationToken);
        return Of(seen, scores.Rois, scores.Slices, LabelReview.Rank(seen, [modelPath], foldPath, options, events, cancellationToken));
    }

    /// <summary>Scores each model of a cross-validation on the slices that its fold held out, and pools the slices of all folds.</summary>
    /// <param name="dataset">The data set that was cross-validated.</param>
    /// <param name="validation">The result.</param>
    /// <param name="options">How to segment.</param>
    /// <param name="events">Receives progress.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    public static HeldOutGallery OfFolds(Dataset dataset, CrossValidationResult validation, InferenceOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelDisagreement> ranked = LabelReview.RankByFolds(dataset, validation, options, events, cancellationToken);
        ModelEvaluation[] folds = [.. validation.Folds.Select(fold => ModelEvaluator.Evaluate(fold.ModelPath, Subset(dataset, fold.HeldOut.ToHashSet(StringComparer.Ordinal)), options, seed: 0, events, cancellationToken))];
        CaseScore[] slices = [.. folds.SelectMany(fold => fold.Slices)];
        CaseScore[] patients = [.. folds.SelectMany(fold => fold.Patients)];
        ModelScore[] rois = [.. slices.GroupBy(s => s.Roi).OrderBy(g => g.Key).Select(g => ScoreTable.Summarize([.. g], [.. patients.Where(p => p.Roi == g.Key)], seed: 0))];
        return Of(dataset, rois, slices, ranked);
    }

    private static HeldOutGallery Of(Dataset dataset, IReadOnlyList<ModelScore> rois, IReadOnlyList<CaseScore> scores, IReadOnlyList<LabelDisagreement> ranked)
    {
        var samples = dataset.Samples.ToDictionary(sample => sample.Name, StringComparer.Ordinal);
        var found = ranked.ToDictionary(slice => slice.Name, StringComparer.Ordinal);
        GallerySlice[] slices =
        [
            .. scores.GroupBy(score => score.Slice!)
                .Select(group => (Name: group.Key, Scores: group.ToArray(), Dice: group.Select(score => score.Dice).OfType<double>().DefaultIfEmpty(double.NaN).Average()))
                .Where(slice => !double.IsNaN(slice.Dice))
                .OrderBy(slice => slice.Dice).ThenBy(slice => slice.Name, StringComparer.Ordinal)
                .Select(slice => new GallerySlice(samples[slice.Name], found[slice.Name].Found!, slice.Dice, slice.Scores)),
        ];
        return new HeldOutGallery(rois, slices, dataset.InputSize);
    }

    private static Dataset Subset(Dataset dataset, IReadOnlySet<string> names) =>
        dataset with { Samples = dataset.Samples.Where(sample => sample.IsUsable && names.Contains(sample.Name)).ToArray() };
}
