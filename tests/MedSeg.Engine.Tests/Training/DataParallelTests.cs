using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>Batches that several devices share; here each of them is the CPU.</summary>
public sealed class DataParallelTests : IDisposable
{
    private const int Size = 32;
    private const int Batch = 5;
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public static TheoryData<LossFunction, int> LossesAndDevices
    {
        get
        {
            var data = new TheoryData<LossFunction, int>();
            foreach (LossFunction loss in Enum.GetValues<LossFunction>())
            {
                data.Add(loss, 2);
                data.Add(loss, 3);
            }

            return data;
        }
    }

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(LossesAndDevices))]
    public void Losses_gradients_and_weights_are_those_of_one_device_with_the_whole_batch(LossFunction loss, int devices)
    {
        var options = new TrainingOptions { Loss = loss, GradientClip = 0.5 };
        using PyramidNetwork one = Network();
        using PyramidNetwork several = Network();
        using var replicas = new DataParallel(several, [.. Enumerable.Repeat(torch.CPU, devices)]);
        using var oneOptimizer = new AdamOptimizer(one.Parameters);
        using var severalOptimizer = new AdamOptimizer(several.Parameters);
        float[] before = Numbers(one.Parameters.Values);
        for (int step = 0; step < 4; step++)
        {
            // The last batch is smaller than the number of devices.
            int count = step < 3 ? Batch : devices - 1;
            (float[] images, byte[] labels) = Slices(count, step);

            (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(images, labels, count, new InputShape(1, Size), torch.CPU);
            double[] expected = TrainingStep.Take(one.Train, oneOptimizer, image, label, 1e-3, options).data<double>().ToArray();
            double[] found = TrainingStep.Take(replicas.Train, severalOptimizer, image, label, 1e-3, options).data<double>().ToArray();

            Assert.Equal(expected[0], found[0], 2e-4);
            Assert.Equal(expected[1], found[1], 2e-4);
            if (step == 0)
            {
                Assert.Equal(expected[0], found[0], 1e-5);
                float[] gradients = Numbers(one.Parameters.Gradients);
                Assert.InRange(Norm(gradients, Numbers(several.Parameters.Gradients)) / Norm(gradients, new float[gradients.Length]), 0, 1e-4);
            }
        }

        // Adam's first steps have the size of the learning rate also where a gradient is as small as its rounding, so weights agree as a whole.
        float[] after = Numbers(one.Parameters.Values);
        Assert.InRange(Norm(after, Numbers(several.Parameters.Values)) / Norm(after, before), 0, 0.02);
    }

    [Fact]
    public void Run_on_several_devices_has_the_history_of_one_on_one_and_resumes_bit_identically()
    {
        Dataset dataset = Import();
        var options = new TrainingOptions { Epochs = 3, BatchSize = 4, LearningRate = 1e-3, DropoutRate = 0, BaseWidth = 2, Loss = LossFunction.BatchDice, WeightAveraging = 0.9, ReportInterval = 3, ValidationFraction = 0.3 };
        EpochRecord[] one = [.. new Trainer(dataset, options, To("one", "cpu")).Run(null, CancellationToken.None)];

        EpochRecord[] several = [.. new Trainer(dataset, options, To("several", "cpu,cpu")).Run(null, CancellationToken.None)];

        Assert.All(one.Zip(several), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-3));
        Assert.Equal(one[^1].ValidationDice!.Value, several[^1].ValidationDice!.Value, 0.02);
        Assert.Equal(("cpu", "cpu,cpu"), (one[0].Device, several[0].Device));

        options = options with { DropoutRate = 0.3 };
        _ = new Trainer(dataset, options, To("whole", "cpu,cpu")).Run(null, CancellationToken.None).Last();
        using var stop = new CancellationTokenSource();
        _ = new Trainer(dataset, options, To("parts", "cpu,cpu")).Run(new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { stop.Cancel(); } } }, stop.Token).Count();
        _ = new Trainer(dataset, options, To("parts", "cpu,cpu") with { Resume = true }).Run(null, CancellationToken.None).Last();
        Assert.Equal(Tensors("whole"), Tensors("parts"));
    }

    [Fact]
    public void Each_device_drops_others()
    {
        using PyramidNetwork network = Network(dropout: 0.5);
        using var replicas = new DataParallel(network, [torch.CPU, torch.CPU]);
        using var optimizer = new AdamOptimizer(network.Parameters);
        (float[] images, byte[] labels) = Slices(2, 0);

        // Two slices that are the same: with the same numbers dropped, two devices would give what one slice gives.
        images.AsSpan(0, Size * Size).CopyTo(images.AsSpan(Size * Size));
        labels.AsSpan(0, Size * Size).CopyTo(labels.AsSpan(Size * Size));
        (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(images, labels, 2, new InputShape(1, Size), torch.CPU);
        replicas.Reseed(7);
        double two = TrainingStep.Take(replicas.Train, optimizer, image, label, 0, new TrainingOptions()).data<double>()[0];
        replicas.Reseed(7);
        double again = TrainingStep.Take(replicas.Train, optimizer, image, label, 0, new TrainingOptions()).data<double>()[0];
        network.Reseed(7);
        double one = TrainingStep.Take(network.Train, optimizer, image.narrow(0, 0, 1), label.narrow(0, 0, 1), 0, new TrainingOptions()).data<double>()[0];

        Assert.Equal(two, again);
        Assert.NotEqual(one, two, 1e-6);
    }

    [Theory]
    [InlineData("cpu", 1)]
    [InlineData("Cpu,CPU", 2)]
    public void Names_with_commas_between_them_give_several_devices(string names, int count) => Assert.Equal(count, DeviceSelection.ResolveAll(names).Count);

    [Theory]
    [InlineData("cpu,")]
    [InlineData("cpu,tpu")]
    public void One_unknown_name_among_several_is_refused(string names) =>
        Assert.Equal("DeviceUnknown", Assert.Throws<MedSegException>(() => DeviceSelection.ResolveAll(names)).ErrorId);

    private static PyramidNetwork Network(double dropout = 0)
    {
        var network = new PyramidNetwork(NetworkOptions.Published(Size, 2) with { BaseWidth = 4, DropoutRate = dropout }, torch.CPU);
        network.Parameters.Initialize(3);
        return network;
    }

    // Discs of two brightnesses; ROI 2 is lacking in every second slice, where batch Dice differs from Dice.
    private static (float[] Images, byte[] Labels) Slices(int count, int seed)
    {
        var random = new Random(seed);
        float[] images = new float[count * Size * Size];
        byte[] labels = new byte[images.Length];
        for (int i = 0; i < images.Length; i++)
        {
            (int slice, int y, int x) = (i / (Size * Size), i / Size % Size, i % Size);
            labels[i] = Math.Abs(x - 10 - slice) + Math.Abs(y - 12) < 7 ? (byte)1 : slice % 2 == 0 && Math.Abs(x - 22) + Math.Abs(y - 20) < 6 ? (byte)2 : (byte)0;
            images[i] = (0.3f * labels[i]) + (0.2f * random.NextSingle());
        }

        return (images, labels);
    }

    private static float[] Numbers(torch.Tensor tensor) => tensor.data<float>().ToArray();

    private static double Norm(float[] x, float[] y) => Math.Sqrt(x.Zip(y).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));

    private Dataset Import()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 4, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        return DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = Size });
    }

    private RunOptions To(string name, string device) => new() { OutputPath = Path.Combine(_folder, name), Device = device };

    private string[] Tensors(string name) =>
        [.. SafetensorsFile.Read(To(name, "cpu").ModelPath).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];
}
