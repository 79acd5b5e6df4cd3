using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Tests.Data.Caching;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Tests.Evaluation;

/// <summary>Scores of a backend whose answers are known.</summary>
public sealed class ModelEvaluatorTests : IDisposable
{
    private readonly SmallSet _set = new(pairs: 5);

    public void Dispose() => _set.Dispose();

    [Fact]
    public void Damaged_cache_is_the_error_that_training_gives()
    {
        _set.Import();
        Dataset dataset = _set.Import();
        byte[] whole = File.ReadAllBytes(_set.CacheFile);
        byte[] truth = dataset.Samples[0].Pixels!.ReadTruth().Bytes.ToArray();
        _set.Damage(whole.AsSpan().IndexOf(truth) + (truth.Length / 2));

        MedSegException error = Assert.Throws<MedSegException>(() => Evaluate(dataset, new InferenceOptions()));

        Assert.Equal("CacheDamaged", error.ErrorId);
    }

    [Fact]
    public void Batch_size_changes_no_score_and_progress_counts_slices()
    {
        Dataset dataset = _set.Import();
        var progress = new List<WorkProgress>();

        ModelEvaluation one = Evaluate(dataset, new InferenceOptions { BatchSize = 1 });
        ModelEvaluation two = Evaluate(dataset, new InferenceOptions { BatchSize = 2 }, new EngineEvents { Progress = progress.Add });

        Assert.Equal(one.Slices, two.Slices);
        Assert.Equal(10, one.Slices.Count);
        Assert.Equal([new(2, 5), new(4, 5), new(5, 5)], progress);
    }

    private static SegmentationModel ModelFor(Dataset dataset) => ScanFolder.Model with
    {
        Description = new ModelDescription { Data = dataset.Description, Architecture = NetworkOptions.Published(dataset.InputSize, dataset.LabelNames.Count) },
    };

    private static ModelEvaluation Evaluate(Dataset dataset, InferenceOptions options, EngineEvents? events = null) =>
        ModelEvaluator.Evaluate(ModelFor(dataset), _ => new BrightnessBackend(SmallSet.Side), dataset, options, seed: 0, events, TestContext.Current.CancellationToken);
}
