using System.Text.Json.Nodes;
using MedSeg.Augmentation;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Files.Safetensors;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Batches;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Tests.Training.Batches;

/// <summary>How batches reach a GPU. The CPU stands in for the GPU, and receives them as a GPU does.</summary>
public sealed class BatchPipelineTests : IDisposable
{
    private static readonly InputShape s_shape = new(1, Size);
    private const int Size = 32;
    private static readonly TrainingOptions s_options = new() { Epochs = 3, BatchSize = 4, LearningRate = 1e-3, ReportInterval = 1, ValidationFraction = 0.4, CheckpointInterval = 1, BaseWidth = 2, Seed = 3 };

    // Everything that a GPU does differently from the CPU, and dropout.
    private static readonly TrainingOptions s_noisy = s_options with { NoiseDeviation = 0.2, BlurSigma = 1, ContrastRange = 0.3, GammaRange = 0.3, LowResolutionFactor = 2, ElasticShift = 0.03, IntensityProbability = 0.5, BalancedSampling = true };
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public BatchPipelineTests()
    {
        string root = Path.Combine(_folder, "data");
        DemoDataset.Create(new DemoDatasetOptions { Root = root, TrainingPatients = 4, HeldOutPatients = 0, SlicesPerPatient = 3, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(root, "train", "dicoms"), LabelPath = Path.Combine(root, "train", "labels"), InputSize = Size });
    }

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(32 << 20)]
    [InlineData(3 * Size * Size * 5)]
    [InlineData(1)]
    public void Slices_on_the_device_are_those_of_the_data_set(int chunkBytes)
    {
        var split = PatientSplit.Create(_dataset, s_options.Split);
        using var resident = new DeviceDataset(split.Training, split.Validation, s_shape, torch.CPU, operations: null, chunkBytes);
        int[] places = [split.Training.Count - 1, 0, 3, 0];

        (torch.Tensor images, torch.Tensor labels) = resident.Select(places);
        torch.Tensor held = resident.Validation(1, split.Validation.Count - 1);

        AssertAre([.. places.Select(i => split.Training[i])], images, labels);
        AssertAre([.. split.Validation.Skip(1)], held, labels: null);
        Assert.Equal([split.Validation.Count - 1, 1, Size, Size], held.shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => resident.Select([split.Training.Count]));
        Assert.Throws<ArgumentOutOfRangeException>(() => resident.Select([-1]));
    }

    [Theory]
    [InlineData(600, 300, 1000, true)]
    [InlineData(601, 300, 1000, false)]
    [InlineData(1, 1000, 1000, false)]
    [InlineData(0, 900, 1000, true)]
    public void Slices_fit_where_a_step_and_a_tenth_remain(long slices, long step, long free, bool fit) => Assert.Equal(fit, DeviceDataset.Fit(slices, step, free));

    [Fact]
    public void What_is_chosen_follows_what_is_free_and_is_told()
    {
        var split = PatientSplit.Create(_dataset, s_options.Split);
        var source = new BatchSampler(split.Training, s_shape, s_options.Batches);
        long bytes = DeviceDataset.BytesOf(12, s_shape);
        Assert.Equal(12 * Size * Size * 5, bytes);

        Assert.Equal((true, "All 12 slices, 0.000 GB, stay on cpu, where they are augmented."), Choose((1000, 1000 + (2 * bytes))));
        Assert.Equal((false, "The 12 slices, 0.000 GB, do not fit on cpu together with a step: they are copied there batch by batch, and augmented there."), Choose((1000, 999 + bytes)));
        Assert.Equal((false, "The 12 slices, 0.000 GB, are copied to cpu batch by batch, since the driver does not report free memory; they are augmented there."), Choose(null));

        (bool IsResident, string Told) Choose((long Needed, long Free)? memory)
        {
            var told = new List<string>();
            using BatchPipeline path = BatchPipeline.ForGpu(source, split, s_shape, torch.CPU, memory, told.Add);
            return (path.Resident is not null, Assert.Single(told));
        }
    }

    [Fact]
    public void Batches_are_bit_identical_whether_slices_stay_on_the_device_or_are_copied_there()
    {
        var split = PatientSplit.Create(_dataset, s_noisy.Split);
        var source = new BatchSampler(split.Training, s_shape, (s_noisy with { BatchSize = 5 }).Batches);
        using var lying = new BatchPipeline(source, s_shape, torch.CPU, new DeviceAugmentation(Size, torch.CPU), new DeviceDataset(split.Training, split.Validation, s_shape, torch.CPU));
        using var brought = new BatchPipeline(source, s_shape, torch.CPU, new DeviceAugmentation(Size, torch.CPU));
        for (int epoch = 1; epoch <= 2; epoch++)
        {
            using var feed = new BatchPrefetcher(lying, epoch, 0);
            for (int step = 0; step < source.StepsPerEpoch; step++)
            {
                (torch.Tensor images, torch.Tensor labels) = feed.Next((ulong)step);
                (torch.Tensor others, torch.Tensor otherLabels) = brought.ToDevice(brought.Prepare(epoch, step), (ulong)step);

                Assert.Equal([source.CountAt(step), 1, Size, Size], images.shape);
                Assert.Equal(images.data<float>().ToArray(), others.data<float>().ToArray());
                Assert.Equal(labels.data<byte>().ToArray(), otherLabels.data<byte>().ToArray());
            }
        }
    }

    [Fact]
    public void Batches_are_those_of_the_CPU_but_for_rounding()
    {
        var split = PatientSplit.Create(_dataset, s_noisy.Split);
        TrainingOptions options = s_noisy with { NoiseDeviation = 0, GammaRange = 0, BatchSize = 5 };
        var source = new BatchSampler(split.Training, s_shape, options.Batches);
        using var path = new BatchPipeline(source, s_shape, torch.CPU, new DeviceAugmentation(Size, torch.CPU), new DeviceDataset(split.Training, [], s_shape, torch.CPU));
        for (int epoch = 1; epoch <= 5; epoch++)
        {
            for (int step = 0; step < source.StepsPerEpoch; step++)
            {
                HostBatch expected = source.Augment(epoch, step);

                (torch.Tensor images, torch.Tensor labels) = path.ToDevice(path.Prepare(epoch, step), 1);

                Assert.All(expected.Images!.Zip(images.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
                Assert.InRange(expected.Labels!.Zip(labels.data<byte>().ToArray()).Count(pair => pair.First != pair.Second), 0, 2);
            }
        }
    }

    [Theory]
    [InlineData(long.MaxValue / 2)]
    [InlineData(0)]
    public void Run_as_on_a_GPU_has_the_losses_of_one_on_the_CPU(long free)
    {
        TrainingOptions options = s_noisy with { DropoutRate = 0, NoiseDeviation = 0, WeightAveraging = 0.9 };
        var told = new List<string>();
        EpochRecord[] host = [.. new Trainer(_dataset, options, To("host")).Run(null, CancellationToken.None)];

        EpochRecord[] card = [.. new Trainer(_dataset, options, To("card") with { FreeForSlices = free }).Run(new EngineEvents { Decision = told.Add }, CancellationToken.None)];

        Assert.Contains(told, d => d.StartsWith(free > 0 ? "All 12 slices" : "The 12 slices, 0.000 GB, do not fit", StringComparison.Ordinal));
        Assert.All(host.Zip(card), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-5));
        Assert.All(host.Zip(card), pair => Assert.Equal(pair.First.ValidationDice!.Value, pair.Second.ValidationDice!.Value, 0.01));
        Assert.NotEqual(Tensors("host"), Tensors("card"));

        // The losses would tell if slices were transformed otherwise.
        EpochRecord[] still = [.. new Trainer(_dataset, options with { AugmentationProbability = 0, IntensityProbability = 0 }, To("still")).Run(null, CancellationToken.None)];
        Assert.All(host.Zip(still), pair => Assert.NotEqual(pair.First.Loss, pair.Second.Loss, 1e-4));
    }

    [Theory]
    [InlineData("cpu", long.MaxValue / 2)]
    [InlineData("cpu", 0)]
    [InlineData("cpu,cpu", long.MaxValue / 2)]
    public void Run_as_on_a_GPU_resumes_bit_identically(string device, long free)
    {
        RunOptions Run(string name) => To(name) with { Device = device, FreeForSlices = free };
        _ = new Trainer(_dataset, s_noisy, Run("whole")).Run(null, CancellationToken.None).Last();

        using var stop = new CancellationTokenSource();
        _ = new Trainer(_dataset, s_noisy, Run("parts")).Run(new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { stop.Cancel(); } } }, stop.Token).Count();
        _ = new Trainer(_dataset, s_noisy, Run("parts") with { Resume = true }).Run(null, CancellationToken.None).Last();

        Assert.Equal(Tensors("whole"), Tensors("parts"));
    }

    [Fact]
    public void Run_as_on_a_GPU_leaves_no_tensors_behind()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var counts = new List<long>();

        _ = new Trainer(_dataset, s_noisy, To("run") with { FreeForSlices = long.MaxValue / 2 }).Run(new EngineEvents { Progress = p => counts.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount) }, CancellationToken.None).Last();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        // A step leaves its losses until the epoch ends.
        Assert.Equal(counts[0] + 1, counts[1]);
        Assert.Equal(counts[0], counts[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Log_tells_whether_TF32_was_allowed(bool allowed)
    {
        _ = new Trainer(_dataset, s_options with { Epochs = 1 }, To("run") with { AllowTF32 = allowed }).Run(null, CancellationToken.None).Last();

        Assert.Equal(allowed, (bool)JsonNode.Parse(File.ReadLines(To("run").LogPath).First())!["allowTF32"]!);
    }

    private static void AssertAre(IReadOnlyList<Sample> samples, torch.Tensor images, torch.Tensor? labels)
    {
        HostBatch expected = BatchSampler.Read(samples, s_shape);
        Assert.Equal(samples.Count, expected.Count);
        Assert.Equal(expected.Images, images.data<float>().ToArray());
        Assert.Equal(expected.Labels, labels?.data<byte>().ToArray() ?? expected.Labels);
        Assert.Contains(expected.Labels!, value => value > 0);
        using RentedSlice last = samples[^1].Pixels!.Open();
        Assert.Equal(last.Image, expected.Images![^last.Image.Length..]);
    }

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private string[] Tensors(string name) =>
        [.. SafetensorsFile.Read(To(name).ModelPath).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];
}
