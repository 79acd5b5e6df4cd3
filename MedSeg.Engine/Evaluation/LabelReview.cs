using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Labels;
using MedSeg.Options;
using MedSeg.Threading;
using MedSeg.Training;

namespace MedSeg.Evaluation;

/// <summary>
/// Finds label masks that are probably wrong, by the disagreement of models that were trained without them. Each slice is compared at the
/// size of the network's input.
/// </summary>
public static class LabelReview
{
    /// <summary>Ranks the slices of a data set by the disagreement of models.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="modelPaths">
    /// The absolute paths of the models, at least one. A slice is judged by those that were not trained on it, together; or by all, where
    /// there is no such model.
    /// </param>
    /// <param name="foldPath">The absolute path of the fold file of their training; null if there was none.</param>
    /// <param name="options">How to segment; null for the defaults.</param>
    /// <param name="events">Receives progress after each batch, and which model judges how many slices; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>All usable slices, the largest disagreement first.</returns>
    /// <exception cref="MedSegException">
    /// A model cannot be read; the data set does not fit the models (<c>DatasetMismatch</c>) or has no usable sample (<c>DatasetEmpty</c>);
    /// or it is not known which slices a model did not see (<c>HeldOutUnknown</c>).
    /// </exception>
    public static IReadOnlyList<LabelDisagreement> Rank(
        Dataset dataset, IReadOnlyList<string> modelPaths, string? foldPath = null, InferenceOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(modelPaths);
        var models = ModelEnsemble.Read(modelPaths);
        return Rank(dataset, models, [.. models.Models.Select(model => HeldOutSlices.Of(dataset, model, foldPath))], options, events, cancellationToken);
    }

    /// <summary>Ranks the slices of a data set that was cross-validated: the model of the fold that held a slice out judges it.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="validation">The result of its cross-validation.</param>
    /// <param name="options">How to segment; null for the defaults.</param>
    /// <param name="events">Receives progress after each batch, and which model judges how many slices; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>All usable slices, the largest disagreement first.</returns>
    /// <exception cref="MedSegException">As for models; <c>HeldOutUnknown</c>: the data set has a slice that no fold held out.</exception>
    public static IReadOnlyList<LabelDisagreement> RankByFolds(
        Dataset dataset, CrossValidationResult validation, InferenceOptions? options = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(validation);
        IReadOnlyList<(string Model, IReadOnlySet<string> Names)> folds = HeldOutSlices.Of(dataset, validation);
        return Rank(dataset, ModelEnsemble.Read([.. folds.Select(fold => fold.Model)]), [.. folds.Select(fold => fold.Names)], options, events, cancellationToken);
    }

    /// <summary>Computes how well the models that judged slices find the ROIs.</summary>
    /// <param name="ranked">The slices.</param>
    /// <returns>The median of the Dice scores of all slices and ROIs; null if there is none.</returns>
    public static double? MedianDice(IReadOnlyList<LabelDisagreement> ranked)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        double[] dice = [.. ranked.SelectMany(slice => slice.Rois).Select(roi => roi.Dice).OfType<double>()];
        return dice.Length > 0 ? Statistics.Median(dice) : null;
    }

    private static LabelDisagreement[] Rank(
        Dataset dataset, ModelEnsemble all, IReadOnlySet<string>[] heldOut, InferenceOptions? options, EngineEvents? events, CancellationToken cancellationToken)
    {
        options ??= new InferenceOptions();
        OptionRanges.Require(options);
        ModelEvaluator.Require(all.First, dataset);
        Sample[] samples = [.. dataset.Samples.Where(s => s.IsUsable)];
        var judged = new List<JudgedSlice>();
        foreach (IGrouping<string, Sample> group in samples.GroupBy(sample => string.Join(',', JudgesOf(sample))))
        {
            SegmentationModel[] judges = [.. JudgesOf(group.First()).Select(index => all.Models[index])];
            bool isHeldOut = judges.Length > 0;
            ModelEnsemble models = isHeldOut ? new ModelEnsemble(judges) : all;
            string seen = isHeldOut ? "not trained on" : "trained on";
            events?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{group.Count()} slices are judged by {string.Join(", ", models.Models.Select(m => m.Path))}, {seen} them."));
            judged.AddRange(Judge([.. group], models, isHeldOut, options, SampleInference.OfPart(events, judged.Count, samples.Length), cancellationToken));
        }

        return Order(judged, dataset.LabelNames);

        IEnumerable<int> JudgesOf(Sample sample) => Enumerable.Range(0, heldOut.Length).Where(index => heldOut[index].Contains(sample.Name));
    }

    private static List<JudgedSlice> Judge(Sample[] samples, ModelEnsemble models, bool isHeldOut, InferenceOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        int size = models.First.Architecture.InputSize;
        var whole = ResizeGeometry.Of(size, size, size, ResizeMode.Stretch);
        string[] paths = [.. models.Models.Select(m => m.Path)];
        byte[][] drawn = new byte[options.BatchSize][];
        using var inference = new BatchInference(models.First, options, e => models.Open(options.Computing, e));
        return SampleInference.Run(inference, samples, ToSlice, events, cancellationToken, (i, pixels) => drawn[i] = [.. pixels.Roi]);

        JudgedSlice ToSlice(int index, Sample sample)
        {
            RestoredMask found = inference.Restore(index, whole, spacing: null);
            IgnoredPixels.Exclude(drawn[index], found.Mask);
            return new JudgedSlice(sample, new DisagreementMeasure(drawn[index], found.Mask, found.Confidence, models.First.LabelNames.Count), PackedMask.Of(found.Mask), paths, isHeldOut);
        }
    }

    private static LabelDisagreement[] Order(List<JudgedSlice> judged, IReadOnlyList<string> names)
    {
        double[] usual = [.. Enumerable.Range(1, names.Count).Select(roi => judged.Select(j => (double)j.Measure.Drawn(roi)).Where(pixels => pixels > 0).ToArray() is { Length: > 0 } drawn ? Statistics.Median(drawn) : 0)];
        (JudgedSlice Slice, RoiDisagreement[] Rois, RoiDisagreement Worst)[] rated = [.. judged.Select(slice =>
        {
            RoiDisagreement[] rois = [.. slice.Measure.Rate(names, usual).Select(roi => slice.Sample.IsDrawn(roi.Roi) ? roi : roi with { Score = 0, Dice = null, LikelyRoi = null })];
            return (slice, rois, rois.MaxBy(r => r.Score)!);
        })];
        return [.. rated.OrderByDescending(r => r.Worst.Score).ThenBy(r => r.Slice.Sample.Name, StringComparer.Ordinal).Select((r, index) => new LabelDisagreement
        {
            Rank = index + 1,
            Name = r.Slice.Sample.Name,
            Score = r.Worst.Score,
            Roi = r.Worst.Name,
            Dice = r.Worst.Dice,
            Finding = r.Worst.Finding,
            Rois = r.Rois,
            IsHeldOut = r.Slice.IsHeldOut,
            Models = r.Slice.Models,
            Patient = r.Slice.Sample.Patient,
            Path = r.Slice.Sample.LabelPath!,
            Found = r.Slice.Found,
        })];
    }

    private sealed record JudgedSlice(Sample Sample, DisagreementMeasure Measure, PackedMask Found, string[] Models, bool IsHeldOut);
}
