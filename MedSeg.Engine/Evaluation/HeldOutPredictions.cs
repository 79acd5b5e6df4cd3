using MedSeg.Data.Samples;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Evaluation;

/// <summary>Segments slices with models that were not trained on them.</summary>
internal static class HeldOutPredictions
{
    // What the kept probabilities may take, in numbers of 4 bytes.
    private const long MostNumbers = 8_000_000;
    private const int FewestPixels = 16;
    private const int MostPixels = 512;

    /// <summary>Computes the masks.</summary>
    /// <param name="parts">Models and the slices to segment with them; all models have the same ROIs.</param>
    /// <param name="options">How to segment.</param>
    /// <param name="events">Receives progress after each batch, and the choice of the backend; or null.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    public static IReadOnlyList<HeldOutSlice> Compute(IReadOnlyList<HeldOutPart> parts, InferenceOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        long total = parts.Sum(part => part.Samples.Count);
        int rois = parts[0].Models.First.LabelNames.Count;
        int pixels = (int)Math.Clamp(MostNumbers / Math.Max(1, total * rois * (rois + 1)), FewestPixels, MostPixels);
        var slices = new List<HeldOutSlice>();
        foreach (HeldOutPart part in parts)
        {
            using var inference = new BatchInference(part.Models.First, options, e => part.Models.Open(options.Computing, e));
            slices.AddRange(SampleInference.Run(
                inference, part.Samples, (i, sample) => Restore(inference, part.Models.First, i, sample, pixels), SampleInference.OfPart(events, slices.Count, total), cancellationToken));
        }

        return slices;
    }

    private static HeldOutSlice Restore(BatchInference inference, SegmentationModel model, int index, Sample sample, int pixelsPerRoi)
    {
        var probabilities = new List<float>();
        RestoredMask restored = inference.Restore(index, model.Description.Preprocessing.Geometry(sample.Rows, sample.Columns, sample.Spacing), sample.Spacing, Collect);
        return HeldOutSlice.Of(sample, restored.Predicted, probabilities.ToArray(), model.LabelNames.Count, pixelsPerRoi);

        void Collect(int row, ReadOnlySpan<float> values, ReadOnlySpan<byte> mask, Span<float> confidence)
        {
            for (int x = 0; x < mask.Length; x++)
            {
                for (int channel = 0; channel <= model.LabelNames.Count && mask[x] != 0; channel++)
                {
                    probabilities.Add(values[(channel * mask.Length) + x]);
                }
            }
        }
    }
}
