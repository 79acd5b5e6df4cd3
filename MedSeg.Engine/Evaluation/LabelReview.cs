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
        return Rank(dataset, [.. modelPaths.Select(path => (path, HeldOutSlices.Of(dataset, path, foldPath)))], options, events, cancellationToken);
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
        return Rank(dataset, HeldOutSlices.Of(dataset, validation), options, events, cancellationToken);
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
        Dataset dataset, IReadOnlyList<(string Model, IReadOnlySet<string> HeldOut)> models, InferenceOptions? options, EngineEvents? events, CancellationToken cancellationToken)
    {
        options ??= new InferenceOptions();
        OptionRanges.Require(options);
        ModelEvaluator.Require(ModelEnsemble.Read([.. models.Select(m => m.Model)]).First, dataset);
        Sample[] samples = [.. dataset.Samples.Where(s => s.IsUsable)];
        var judged = new List<JudgedSlice>();
        foreach (IGrouping<string, Sample> group in samples.GroupBy(sample => string.Join('\n', models.Where(m => m.HeldOut.Contains(sample.Name)).Select(m => m.Model))))
        {
            bool isHeldOut = group.Key.Length > 0;
            string[] paths = isHeldOut ? group.Key.Split('\n') : [.. models.Select(m => m.Model)];
            string seen = isHeldOut ? "not trained on" : "trained on";
            events?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{group.Count()} slices are judged by {string.Join(", ", paths)}, {seen} them."));
            EngineEvents? counted = events is null ? null : events with { Progress = p => events.Progress?.Invoke(new WorkProgress(judged.Count + p.Done, samples.Length)) };
            judged.AddRange(Judge([.. group], paths, isHeldOut, options, counted, cancellationToken));
        }

        return Order(judged, dataset.LabelNames);
    }

    private static List<JudgedSlice> Judge(Sample[] samples, string[] paths, bool isHeldOut, InferenceOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        var models = ModelEnsemble.Read(paths);
        int size = models.First.Architecture.InputSize;
        var whole = ResizeGeometry.Of(size, size, size, ResizeMode.Stretch);
        using var inference = new BatchInference(models.First, options, e => models.Open(options.Backend, options.Device, e?.Decision));
        var judged = new List<JudgedSlice>();
        foreach (Sample[] batch in samples.Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            inference.Reserve(batch.Length);
            byte[][] drawn = new byte[batch.Length][];
            for (int i = 0; i < batch.Length; i++)
            {
                using RentedSlice pixels = batch[i].Pixels!.Open();
                pixels.Image.CopyTo(inference.Input(i));
                drawn[i] = [.. pixels.Roi];
            }

            inference.Compute(batch.Length, events);
            var slices = new JudgedSlice[batch.Length];
            ParallelLoop.For(batch.Length, i =>
            {
                RestoredMask found = inference.Restore(i, whole, spacing: null);
                IgnoredPixels.Exclude(drawn[i], found.Mask);
                slices[i] = new JudgedSlice(batch[i], new DisagreementMeasure(drawn[i], found.Mask, found.Confidence, models.First.LabelNames.Count), PackedMask.Of(found.Mask), paths, isHeldOut);
            }, cancellationToken);
            judged.AddRange(slices);
            events?.Progress?.Invoke(new WorkProgress(judged.Count, samples.Length));
        }

        return judged;
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
