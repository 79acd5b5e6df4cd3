using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Labels;
using MedSeg.Metrics;
using MedSeg.Options;
using MedSeg.Threading;

namespace MedSeg.Evaluation;

/// <summary>Scores a model on labelled slices, at the masks' own size.</summary>
public static class ModelEvaluator
{
    /// <summary>Scores a model.</summary>
    /// <param name="modelPath">The absolute path of the model.</param>
    /// <param name="dataset">Labelled slices of patients that the model was not trained on.</param>
    /// <param name="options">How to segment; null for the defaults.</param>
    /// <param name="seed">Seeds the bootstrap.</param>
    /// <param name="events">Receives progress after each batch, and the choice of the backend; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>The scores.</returns>
    /// <exception cref="MedSegException">
    /// The model cannot be read; or the data set has other ROIs, the ROIs in another order or another preprocessing than the model
    /// (<c>DatasetMismatch</c>), or no usable sample (<c>DatasetEmpty</c>).
    /// </exception>
    public static ModelEvaluation Evaluate(string modelPath, Dataset dataset, InferenceOptions? options = null, int seed = 0, EngineEvents? events = null, CancellationToken cancellationToken = default) =>
        EvaluateEnsemble([modelPath], dataset, options, seed, events, cancellationToken);

    /// <summary>Scores models that segment together: their probabilities are averaged.</summary>
    /// <param name="modelPaths">The absolute paths of the models, at least one.</param>
    /// <param name="dataset">Labelled slices of patients that none of the models was trained on.</param>
    /// <param name="options">How to segment; null for the defaults.</param>
    /// <param name="seed">Seeds the bootstrap.</param>
    /// <param name="events">Receives progress after each batch, and the choice of the backend; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>The scores.</returns>
    /// <exception cref="MedSegException">As for one model; or the models have other ROIs or another preprocessing (<c>ModelsDiffer</c>).</exception>
    public static ModelEvaluation EvaluateEnsemble(IReadOnlyList<string> modelPaths, Dataset dataset, InferenceOptions? options = null, int seed = 0, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new InferenceOptions();
        OptionRanges.Require(options);
        var models = ModelEnsemble.Read(modelPaths);
        Require(models.First, dataset);
        return Evaluate(models.First, e => models.Open(options.Computing, e), dataset, options, seed, events, cancellationToken);
    }

    internal static ModelEvaluation Evaluate(SegmentationModel model, Func<EngineEvents?, ISegmentationBackend> openBackend, Dataset dataset, InferenceOptions options, int seed, EngineEvents? events, CancellationToken cancellationToken)
    {
        Sample[] samples = [.. dataset.Samples.Where(s => s.IsUsable)];
        using var inference = new BatchInference(model, options, openBackend);
        (CaseScore Score, OverlapCounts Counts)[] scores = [.. SampleInference.Run(inference, samples, (i, sample) => Score(model, sample, Restore(i, sample)), events, cancellationToken).SelectMany(s => s)];
        CaseScore[] slices = [.. scores.Select(s => s.Score)];
        IReadOnlyList<CaseScore> patients = ScoreTable.ByPatient(slices, scores.ToDictionary(s => (s.Score.Slice, s.Score.Roi), s => s.Counts));
        return new ModelEvaluation(
            [.. slices.GroupBy(s => s.Roi).OrderBy(g => g.Key).Select(g => ScoreTable.Summarize([.. g], [.. patients.Where(p => p.Roi == g.Key)], seed))],
            [.. patients],
            slices);

        byte[] Restore(int index, Sample sample) =>
            inference.Restore(index, model.Description.Preprocessing.Geometry(sample.Rows, sample.Columns, sample.Spacing), sample.Spacing).Mask;
    }

    private static (CaseScore Score, OverlapCounts Counts)[] Score(SegmentationModel model, Sample sample, byte[] found)
    {
        byte[] truth = sample.Pixels!.ReadTruth().Unpack();
        IgnoredPixels.Exclude(truth, found);
        OverlapCounts[] overlaps = OverlapCounts.Of(truth, found, model.LabelNames.Count);
        var scores = new (CaseScore, OverlapCounts)[overlaps.Length];
        for (int roi = 1; roi <= scores.Length; roi++)
        {
            OverlapCounts counts = overlaps[roi - 1];
            (double Hausdorff95, double Mean)? distances = sample.Spacing is { } spacing ? SurfaceDistances.Measure(truth, found, (byte)roi, sample.Columns, spacing) : null;
            scores[roi - 1] = (new CaseScore
            {
                Slice = sample.Name,
                Patient = sample.Patient,
                Roi = roi,
                Name = model.LabelNames[roi - 1],
                TruthPixels = counts.Truth,
                FoundPixels = counts.Found,
                TruthArea = counts.Truth * sample.Spacing?.PixelArea,
                FoundArea = counts.Found * sample.Spacing?.PixelArea,
                Dice = counts.Dice,
                Iou = counts.Iou,
                Precision = counts.Precision,
                Recall = counts.Recall,
                Hausdorff95 = distances?.Hausdorff95,
                SurfaceDistance = distances?.Mean,
            }, counts);
        }

        return [.. scores.Where(s => sample.IsDrawn(s.Item1.Roi))];
    }

    /// <summary>Refuses a data set that does not fit a model, or that is empty.</summary>
    internal static void Require(SegmentationModel model, Dataset dataset)
    {
        dataset.Description.RequireSame(model.Description.Data, "the data set", "the model", ErrorIds.DatasetMismatch, dataset.LabelPath);
        if (dataset.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.DatasetEmpty, $"{dataset.LabelPath}: The data set has no usable sample, so there is nothing to measure.", dataset.LabelPath)
            {
                Advice = "Run Test-MedSegLabels on the data set to see why.",
            };
        }
    }
}
