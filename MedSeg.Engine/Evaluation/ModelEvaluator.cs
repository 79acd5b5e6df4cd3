using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Metrics;
using MedSeg.Threading;

namespace MedSeg.Evaluation;

/// <summary>Scores a model on labelled slices, at the masks' own size.</summary>
public static class ModelEvaluator
{
    /// <summary>Scores a model.</summary>
    /// <param name="modelPath">The absolute path of the model.</param>
    /// <param name="dataset">Labelled slices, best of patients that the model has not learned from.</param>
    /// <param name="options">How to segment; what is written, and where, does not matter.</param>
    /// <param name="seed">Seeds the bootstrap.</param>
    /// <param name="progress">Is told after each batch, or null.</param>
    /// <param name="cancellationToken">Stops after the batch.</param>
    /// <returns>The scores.</returns>
    /// <exception cref="MedSegException">
    /// The model cannot be read; or the data set has other ROIs, the ROIs in another order or another preprocessing than the model
    /// (<c>DatasetMismatch</c>), or no usable sample (<c>DatasetEmpty</c>).
    /// </exception>
    public static ModelEvaluation Evaluate(string modelPath, Dataset dataset, SegmentationOptions options, int seed = 0, IProgress<WorkProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        var model = SegmentationModel.Read(modelPath);
        Require(model, dataset);
        using ISegmentationBackend backend = InferenceBackendFactory.Open(model, options);
        return Evaluate(model, backend, dataset, options, seed, progress, cancellationToken);
    }

    internal static ModelEvaluation Evaluate(SegmentationModel model, ISegmentationBackend backend, Dataset dataset, SegmentationOptions options, int seed, IProgress<WorkProgress>? progress, CancellationToken cancellationToken)
    {
        Sample[] samples = [.. dataset.Samples.Where(s => s.IsUsable)];
        int size = model.Architecture.InputSize;
        int channels = model.LabelNames.Count + 1;
        float[] images = new float[options.BatchSize * size * size];
        float[] probabilities = new float[options.BatchSize * channels * size * size];
        var scores = new List<(CaseScore Score, OverlapCounts Counts)>();
        for (int first = 0; first < samples.Length; first += options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Sample[] batch = [.. samples.Skip(first).Take(options.BatchSize)];
            for (int i = 0; i < batch.Length; i++)
            {
                using RentedSlice pixels = batch[i].Pixels!.Open();
                pixels.Image.CopyTo(images, i * size * size);
            }

            Inferer.Compute(backend, images, batch.Length, size, channels, probabilities, options.TestTimeAugmentation);
            var found = new (CaseScore, OverlapCounts)[batch.Length][];
            Parallel.For(0, batch.Length, i => found[i] = Score(model, batch[i], probabilities.AsSpan(i * channels * size * size, channels * size * size), options));
            scores.AddRange(found.SelectMany(s => s));
            progress?.Report(new WorkProgress(first + batch.Length, samples.Length));
        }

        CaseScore[] slices = [.. scores.Select(s => s.Score)];
        IReadOnlyList<CaseScore> patients = ScoreTable.ByPatient(slices, scores.ToDictionary(s => (s.Score.Slice, s.Score.Roi), s => s.Counts));
        return new ModelEvaluation(
            [.. slices.GroupBy(s => s.Roi).Select(g => ScoreTable.Summarize([.. g], [.. patients.Where(p => p.Roi == g.Key)], seed))],
            [.. patients],
            slices);
    }

    private static (CaseScore Score, OverlapCounts Counts)[] Score(SegmentationModel model, Sample sample, ReadOnlySpan<float> probabilities, SegmentationOptions options)
    {
        byte[] truth = sample.Pixels!.ReadTruth().Unpack();
        byte[] found = new byte[truth.Length];
        ProbabilityResampler.Restore(probabilities, model.LabelNames.Count + 1, model.Architecture.InputSize, found, new float[truth.Length], sample.Rows, sample.Columns, model.ResizeMode);
        MaskPostprocessing.Clean(found, sample.Columns, options);
        var scores = new (CaseScore, OverlapCounts)[model.LabelNames.Count];
        for (int roi = 1; roi <= scores.Length; roi++)
        {
            var counts = OverlapCounts.Of(truth, found, (byte)roi);
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

        return scores;
    }

    private static void Require(SegmentationModel model, Dataset dataset)
    {
        dataset.Description.RequireSame(model.Description.Data, "the data set", "the model", "DatasetMismatch", dataset.LabelPath);
        if (dataset.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, "DatasetEmpty", $"{dataset.LabelPath}: The data set has no usable sample, so there is nothing to measure.", dataset.LabelPath)
            {
                Advice = "Run Test-MedSegLabels on the data set to see why.",
            };
        }
    }
}
