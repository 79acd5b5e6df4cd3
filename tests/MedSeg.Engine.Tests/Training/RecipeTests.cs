using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Inference.Backends;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>What can be changed about the published recipe.</summary>
public sealed class RecipeTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 4, BatchSize = 4, LearningRate = 1e-3, ReportInterval = 1, ValidationFraction = 0.4, BaseWidth = 2, Seed = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public RecipeTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 4, HeldOutPatients = 0, SlicesPerPatient = 3, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Schedules_have_the_rates_that_they_promise()
    {
        double[] Rates(TrainingOptions options) => [.. Enumerable.Range(1, 5).Select(e => Math.Round(options.LearningRateAt(e), 6))];
        var ten = new TrainingOptions { LearningRate = 1, Epochs = 5 };

        Assert.Equal([1, 1, 0.1, 0.1, 0.01], Rates(ten with { DecayEpoch = 2 }));
        Assert.Equal([1, 1, 1, 1, 1], Rates(ten with { Schedule = LearningRateSchedule.Constant, DecayEpoch = 1 }));
        Assert.Equal([1, Math.Round(Math.Pow(0.8, 0.9), 6), Math.Round(Math.Pow(0.6, 0.9), 6), Math.Round(Math.Pow(0.4, 0.9), 6), Math.Round(Math.Pow(0.2, 0.9), 6)], Rates(ten with { Schedule = LearningRateSchedule.Polynomial }));
        Assert.Equal([1, 0.904508, 0.654508, 0.345492, 0.095492], Rates(ten with { Schedule = LearningRateSchedule.Cosine }));
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Rates(ten with { Schedule = LearningRateSchedule.Constant, WarmupEpochs = 3 }));
    }

    [Fact]
    public void Gradient_is_cut_to_the_asked_for_norm()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new PyramidNetwork(NetworkOptions.Published(32, 1), torch.CPU);
        using var optimizer = new AdamOptimizer(network.Parameters);
        network.Parameters.Gradients.fill_(3);
        optimizer.Step(0, clip: 2);
        Assert.Equal(2, network.Parameters.Gradients.norm().item<float>(), 1e-3);
        network.Parameters.Gradients.fill_(1e-6);
        optimizer.Step(0, clip: 2);
        Assert.Equal(1e-6, network.Parameters.Gradients.max().item<float>(), 1e-9);
    }

    [Fact]
    public void Balanced_sampling_brings_a_rare_ROI_as_often_as_the_others()
    {
        // 90 slices with ROI 1, 10 with ROI 2 as well.
        int[][] holders = [[.. Enumerable.Range(0, 100)], [.. Enumerable.Range(90, 10)], []];

        int[] drawn = [.. Enumerable.Range(1, 50).SelectMany(epoch => Shuffle.Balanced(holders, 100, seed: 1, epoch))];

        Assert.InRange(drawn.Count(i => i >= 90) / (double)drawn.Length, 0.52, 0.58);
        Assert.Equal(Shuffle.Balanced(holders, 100, 1, 7), Shuffle.Balanced(holders, 100, 1, 7));
        Assert.Equal(100, drawn.Distinct().Count());
    }

    [Fact]
    public void Average_follows_the_weights_and_gives_them_back()
    {
        using var network = new PyramidNetwork(NetworkOptions.Published(32, 1), torch.CPU);
        using var average = new WeightAverage(network.Parameters, decay: 0.5);
        network.Parameters.Values.fill_(4);
        average.Update(1);
        using (torch.no_grad())
        {
            network.Parameters.Values.fill_(8);
        }

        average.Update(100);

        using (average.Use())
        {
            Assert.Equal(6, network.Parameters.Values[5].item<float>(), 1e-5);
        }

        Assert.Equal(8, network.Parameters.Values[5].item<float>());
    }

    [Fact]
    public void Run_with_all_options_stopped_within_an_epoch_resumes_bit_identically()
    {
        TrainingOptions options = s_options with
        {
            Loss = LossFunction.BatchDiceCrossEntropy,
            Schedule = LearningRateSchedule.Cosine,
            WarmupEpochs = 2,
            GradientClip = 1,
            WeightAveraging = 0.9,
            Patience = 100,
            BalancedSampling = true,
            IntensityProbability = 0.5,
            GammaRange = 0.3,
            ContrastRange = 0.3,
            NoiseDeviation = 0.1,
            BlurSigma = 1,
            LowResolutionFactor = 2,
            ElasticShift = 0.05,
        };
        EpochRecord[] whole = [.. Train("whole", options)];

        using var stop = new CancellationTokenSource();
        EpochRecord[] before = [.. new Trainer(_dataset, options, To("parts")).Run(new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { stop.Cancel(); } } }, stop.Token)];
        EpochRecord[] after = [.. new Trainer(_dataset, options, To("parts") with { Resume = true }).Run(null, CancellationToken.None)];

        Assert.Equal(whole.Select(r => (r.Loss, r.Dice, r.ValidationDice)), before.Concat(after).Select(r => (r.Loss, r.Dice, r.ValidationDice)));
        Assert.Equal(Tensors(To("whole").CheckpointPath), Tensors(To("parts").CheckpointPath));
        Assert.Equal(Tensors(To("whole").ModelPath), Tensors(To("parts").ModelPath));
    }

    [Fact]
    public void Model_of_an_averaging_run_has_the_averaged_weights()
    {
        _ = Train("run", s_options with { WeightAveraging = 0.9, Epochs = 2 }).Last();

        var checkpoint = SafetensorsFile.Read(To("run").CheckpointPath).Tensors;
        var model = SafetensorsFile.Read(To("run").ModelPath).Tensors;
        const string name = "stage1.encoder1.0.weight";
        Assert.Equal(checkpoint["average." + name].AsFloats().ToArray(), model[name].AsFloats().ToArray());
        Assert.NotEqual(checkpoint[name].AsFloats().ToArray(), model[name].AsFloats().ToArray());
        Assert.Equal(model[name].AsFloats().ToArray(), SegmentationModel.Read(To("run").CheckpointPath).Tensors[name].AsFloats().ToArray());
        Assert.DoesNotContain(model.Keys, k => k.StartsWith("average.", StringComparison.Ordinal) || k.StartsWith("optimizer.", StringComparison.Ordinal));
    }

    [Fact]
    public void Patience_ends_the_run_and_gives_the_best_model_also_after_a_resume()
    {
        // With the smallest learning rate the first validation stays the best.
        TrainingOptions options = s_options with { LearningRate = TrainingOptions.MinLearningRate, Patience = 3, Epochs = 50 };
        EpochRecord[] records = [.. Train("run", options)];

        Assert.Equal([1, 2, 3, 4], records.Select(r => r.Epoch));
        Assert.NotNull(records[^1].ModelPath);
        Assert.Equal(1, Checkpoint.Read(To("run").ModelPath).State.Epoch);
        Assert.Equal(RunState.Finished, Assert.Single(RunInfo.Find(_folder)).State);

        Assert.Equal(2, new Trainer(_dataset, options, To("parts")).Run(null, CancellationToken.None).Take(2).Last().Epoch);
        Assert.Equal([3, 4], new Trainer(_dataset, options, To("parts") with { Resume = true }).Run(null, CancellationToken.None).Select(r => r.Epoch));
    }

    [Fact]
    public void Patience_without_validation_is_refused() =>
        Assert.Equal("PatienceWithoutValidation", Assert.Throws<MedSegException>(() => Train("run", s_options with { Patience = 3, ValidationFraction = 0 }).First()).ErrorId);

    private IEnumerable<EpochRecord> Train(string name, TrainingOptions options) => new Trainer(_dataset, options, To(name)).Run(null, CancellationToken.None);

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private static string[] Tensors(string path) =>
        [.. SafetensorsFile.Read(path).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];
}
