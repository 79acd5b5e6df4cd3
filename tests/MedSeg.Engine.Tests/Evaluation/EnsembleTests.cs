using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Evaluation;

/// <summary>Several models that segment together.</summary>
public sealed class EnsembleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Probabilities_are_averaged()
    {
        using var ensemble = new EnsembleBackend([new Constant(0.2f), new Constant(0.5f), new Constant(0.8f)]);
        float[] probabilities = new float[8];

        ensemble.Run(new float[4], 1, probabilities);
        ensemble.Run(new float[4], 1, probabilities.AsSpan(0, 4));

        Assert.All(probabilities, p => Assert.Equal(0.5f, p, 1e-6f));
    }

    [Fact]
    public void Three_folds_together_score_above_their_mean()
    {
        Dataset training = Import("train");
        Dataset heldOut = Import("heldout");
        var options = new TrainingOptions { Epochs = 20, BatchSize = 2, LearningRate = 4e-3, BaseWidth = 4, Folds = 3, ReportInterval = 20, DropoutRate = 0 };
        CrossValidationResult result = new CrossValidation(training, options, new RunOptions { OutputPath = _folder, Device = "cpu" }).Run(null, TestContext.Current.CancellationToken);
        string[] models = [.. result.Folds.Select(fold => fold.ModelPath)];

        double together = Dice(ModelEvaluator.EvaluateEnsemble(models, heldOut, cancellationToken: TestContext.Current.CancellationToken));
        double[] alone = [.. models.Select(model => Dice(ModelEvaluator.Evaluate(model, heldOut, cancellationToken: TestContext.Current.CancellationToken)))];

        TestContext.Current.TestOutputHelper?.WriteLine($"together {together:0.000}, alone {string.Join(", ", alone.Select(d => $"{d:0.000}"))}");
        Assert.Equal(3, alone.Distinct().Count());
        Assert.True(together > alone.Average(), $"together {together}, alone {string.Join(", ", alone)}");
        Assert.Equal(models, result.ModelPaths);
    }

    [Fact]
    public void Models_that_do_not_fit_together_are_refused_by_name()
    {
        Dataset dataset = Import("train");
        string first = Train(dataset, "first");

        Assert.Contains("-Normalization is ZScore in this model and MinMax in the first one", Refusal(dataset with { Normalization = Normalization.ZScore }), StringComparison.Ordinal);
        Assert.Contains("the same names in another order", Refusal(dataset with { LabelNames = [.. dataset.LabelNames.Reverse()] }), StringComparison.Ordinal);
        Assert.Contains("the labels were resized by Nearest for this model and by Area for the first one", Refusal(dataset with { LabelResampling = LabelResampling.Nearest }), StringComparison.Ordinal);

        string Refusal(Dataset other)
        {
            string second = Train(other, "second");
            var error = Assert.Throws<MedSegException>(() => Segmenter.ForEnsemble([first, second]));
            Assert.Equal("ModelsDiffer", error.ErrorId);
            Assert.Contains($"{second}: The model cannot work together with {first}", error.Message, StringComparison.Ordinal);
            return error.Message;
        }
    }

    private static double Dice(ModelEvaluation evaluation) => evaluation.Rois.Average(roi => roi.Dice!.Value);

    private string Train(Dataset dataset, string name)
    {
        var run = new RunOptions { OutputPath = _folder, ModelName = name, Device = "cpu", Force = true };
        return new Trainer(dataset, new TrainingOptions { Epochs = 1, BaseWidth = 2, BatchSize = 6 }, run).Run(null, TestContext.Current.CancellationToken).Last().ModelPath!;
    }

    private Dataset Import(string part)
    {
        string root = Path.Combine(_folder, "data");
        if (!Directory.Exists(root))
        {
            DemoDataset.Create(new DemoDatasetOptions { Root = root, TrainingPatients = 6, HeldOutPatients = 2, SlicesPerPatient = 3 }, null, TestContext.Current.CancellationToken);
        }

        return DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(root, part, "dicoms"), LabelPath = Path.Combine(root, part, "labels"), InputSize = 32 });
    }

    private sealed class Constant(float value) : ISegmentationBackend
    {
        public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities) => probabilities.Fill(value);

        public void Dispose()
        {
        }
    }
}
