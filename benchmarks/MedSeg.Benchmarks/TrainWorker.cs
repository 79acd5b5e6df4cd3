using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MedSeg.Augmentation;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Files;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Tensors;
using MedSeg.Training;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Benchmarks;

/// <summary>Takes MedSeg's training steps one by one, and tells what each took. See train_torch.py for the protocol.</summary>
internal sealed class TrainWorker : IDisposable
{
    private const int AugmentedSlices = 50;
    private static readonly TrainingOptions s_options = new() { AugmentationProbability = 1 };
    private readonly int _size;
    private readonly float[] _images;
    private readonly byte[] _labels;
    private readonly int _count;
    private readonly PyramidNetwork _network;
    private readonly AdamOptimizer _optimizer;
    private readonly BatchSampler _source;
    private readonly BatchBuffer _buffer = new();
    private readonly Dataset _dataset;
    private int _fed;

    private TrainWorker(string[] arguments)
    {
        _size = Number(arguments[0]);
        _count = Number(arguments[2]);
        byte[] content = File.ReadAllBytes(arguments[3]);
        int pixels = _count * _size * _size;
        _images = MemoryMarshal.Cast<byte, float>(content.AsSpan(0, sizeof(float) * pixels)).ToArray();
        _labels = content[(sizeof(float) * pixels)..];
        _dataset = TrainData.Import(arguments[4], _size);
        _source = new BatchSampler(_dataset.Samples, new InputShape(1, _size), (s_options with { BatchSize = _count }).Batches);
        _network = new PyramidNetwork(NetworkOptions.Published(_size, Number(arguments[1])), torch.CPU, NarrowOperations.For(arguments.Length > 5 ? Enum.Parse<Precision>(arguments[5]) : Precision.Float32));
        _network.Parameters.Initialize(seed: 1);
        _optimizer = new AdamOptimizer(_network.Parameters);
    }

    /// <summary>Answers commands until there are no more.</summary>
    /// <param name="arguments">The input size, the number of ROIs, the batch size, a file with a batch, a data set, the precision if it is not float32.</param>
    public static void Run(string[] arguments)
    {
        TorchLibrary.Require();
        using var worker = new TrainWorker(arguments);
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)} with libtorch {torch.__version__}, {CpuParallel.Threads} threads, AVX-512 {(Avx512F.IsSupported ? "used" : "not used")}, convolutions by {worker._network.Convolutions}, {worker._network.Parameters.Values.NumberOfElements} parameters");
        while (Console.ReadLine() is { } command)
        {
            double[] numbers = command switch
            {
                "step" => worker.Step(),
                "fed" => [worker.FedStep()],
                "fixed" => [worker.FixedStep()],
                "matmul" => [MatrixProduct.Rate(CpuParallel.Threads)],
                "checkpoint" => [worker.WriteCheckpoint()],
                "augment" => [worker.Augment(s_options)],
                "augment-all" => [worker.Augment(TrainingOptions.For(Recipe.Best) with { AugmentationProbability = 1, IntensityProbability = 1, ElasticShift = 0.02, BlurSigma = 1, LowResolutionFactor = 2 })],
                "peak" => [PeakMemory()],
                _ => throw new InvalidOperationException(command),
            };
            Console.WriteLine(string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture))));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double PeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private double WriteCheckpoint()
    {
        var state = new Checkpoint
        {
            Epoch = 1,
            StepInEpoch = 0,
            LossSum = 0,
            Steps = _optimizer.Steps,
            Options = s_options,
            Description = new ModelDescription { Data = _dataset.Description, Architecture = _network.Options },
            Run = "benchmark",
            TrainingSlices = _dataset.Samples.Count,
            ValidationSlices = 0,
            History = [],
        };
        string folder = Directory.CreateTempSubdirectory("medseg-checkpoint").FullName;
        long start = Stopwatch.GetTimestamp();
        AtomicFile.Write(Path.Combine(folder, "checkpoint.safetensors"), state.ToCheckpoint(_network.Parameters, _optimizer).Write);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Directory.Delete(folder, recursive: true);
        return seconds;
    }

    // What TrainingStep.Take does, with the time between its parts.
    private double[] Step()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Process process = Process.GetCurrentProcess();
        TimeSpan used = process.TotalProcessorTime;
        long begun = Stopwatch.GetTimestamp();
        (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(_images, _labels, _count, new InputShape(1, _size), torch.CPU);
        long data = Stopwatch.GetTimestamp();
        _optimizer.ZeroGradients();
        using TrainingPass pass = _network.Train(image);
        long forward = Stopwatch.GetTimestamp();
        _ = CpuLoss.Compute(LossFunction.Dice, pass.Outputs, label, drawn: null, out IReadOnlyList<torch.Tensor> gradients);
        long lost = Stopwatch.GetTimestamp();
        pass.Backward(gradients);
        long backward = Stopwatch.GetTimestamp();
        _optimizer.Step(learningRate: 1e-4);
        long end = Stopwatch.GetTimestamp();
        process.Refresh();
        return [Seconds(begun, data), Seconds(data, forward), Seconds(forward, lost), Seconds(lost, backward), Seconds(backward, end), (process.TotalProcessorTime - used).TotalSeconds];
    }

    private static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    private torch.Tensor TakeStep(float[] images, byte[] labels, int count)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        (torch.Tensor image, torch.Tensor label) = BatchSampler.ToTensors(images, labels, count, new InputShape(1, _size), torch.CPU);
        return TrainingStep.Take(_network.Train, _optimizer, image, label, 1e-4, s_options).MoveToOuterDisposeScope();
    }

    private double FixedStep()
    {
        long start = Stopwatch.GetTimestamp();
        using torch.Tensor losses = TakeStep(_images, _labels, _count);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private double FedStep()
    {
        long start = Stopwatch.GetTimestamp();
        HostBatch batch = _source.Augment(1 + (_fed / _source.StepsPerEpoch), _fed % _source.StepsPerEpoch, buffer: _buffer);
        _fed++;
        using torch.Tensor losses = TakeStep(batch.Images!, batch.Labels!, batch.Count);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Milliseconds a slice, on this thread alone.
    private double Augment(TrainingOptions options)
    {
        float[] image = new float[_size * _size];
        byte[] roi = new byte[_size * _size];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < AugmentedSlices; i++)
        {
            using RentedSlice slice = _dataset.Samples[i % _dataset.Samples.Count].Pixels!.Open();
            SampleAugmentation.Apply(slice.Image, slice.Roi, _size, options, new SampleRandom(1, 1, i), image, roi);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / AugmentedSlices;
    }
}
