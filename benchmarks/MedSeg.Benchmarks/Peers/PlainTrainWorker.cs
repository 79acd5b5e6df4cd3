using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Benchmarks.Peers;

/// <summary>Takes training steps of <see cref="PlainPyramid"/> one by one, and tells what each took. See train_torch.py for arguments and protocol.</summary>
internal sealed class PlainTrainWorker : IDisposable
{
    private readonly int _size;
    private readonly int _rois;
    private readonly int _count;
    private readonly float[] _images;
    private readonly byte[] _labels;
    private readonly PlainPyramid _network;
    private readonly optim.Optimizer _optimizer;

    private PlainTrainWorker(string[] arguments)
    {
        int[] numbers = [.. arguments[..3].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        (_size, _rois, _count) = (numbers[0], numbers[1], numbers[2]);
        byte[] content = File.ReadAllBytes(arguments[3]);
        int split = sizeof(float) * _count * _size * _size;
        _images = MemoryMarshal.Cast<byte, float>(content.AsSpan(0, split)).ToArray();
        _labels = content[split..];
        _network = new PlainPyramid(_size, _rois, new PlainPrecision(arguments[4], arguments[5]));
        _network.train();
        _optimizer = optim.Adam(_network.parameters(), lr: 1e-4);
    }

    /// <summary>Answers commands until there are no more.</summary>
    /// <param name="arguments">As those of train_torch.py.</param>
    public static void Run(string[] arguments)
    {
        PlainTorch.Start();
        using var worker = new PlainTrainWorker(arguments);
        Console.WriteLine($"{PlainTorch.Version}, {worker._network.parameters().Sum(parameter => parameter.numel())} parameters");
        while (Console.ReadLine() is { } command)
        {
            double[] numbers = command switch
            {
                "step" => worker.Step(),
                "matmul" => [MatrixProduct.Rate(get_num_threads())],
                "peak" => [PlainTorch.PeakMemory],
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

    private double[] Step()
    {
        using DisposeScope scope = NewDisposeScope();
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long begun = Stopwatch.GetTimestamp();
        Tensor image = tensor(_images, [_count, 1, _size, _size]);
        Tensor label = tensor(_labels, [_count, _size, _size]);
        long data = Stopwatch.GetTimestamp();
        _optimizer.zero_grad();
        (Tensor first, Tensor second) = _network.call(image);
        long forward = Stopwatch.GetTimestamp();
        Tensor loss = DiceLoss(first, second, label);
        long lost = Stopwatch.GetTimestamp();
        loss.backward();
        long backward = Stopwatch.GetTimestamp();
        _optimizer.step();
        _ = loss.item<float>();
        long end = Stopwatch.GetTimestamp();
        return [Seconds(begun, data), Seconds(data, forward), Seconds(forward, lost), Seconds(lost, backward), Seconds(backward, end), (Environment.CpuUsage.TotalTime - used).TotalSeconds];
    }

    private static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    private Tensor DiceLoss(Tensor first, Tensor second, Tensor labels)
    {
        Tensor masks = nn.functional.one_hot(labels.to_type(ScalarType.Int64), _rois + 1).permute(0, 3, 1, 2).to_type(ScalarType.Float32);
        Tensor truth = masks.narrow(1, 1, _rois);
        return Dice(first, truth).Plus(Dice(second, truth)).Times(-1).Plus(2);
    }

    // The mean over slices and ROIs.
    private Tensor Dice(Tensor probabilities, Tensor truth)
    {
        Tensor p = probabilities.narrow(1, 1, _rois);
        Tensor squares = Sum(p * p).Plus(Sum(truth * truth)).Plus(1e-5);
        return (Sum(p * truth).Times(2) / squares).mean();
    }

    private static Tensor Sum(Tensor x) => x.sum([2, 3]);
}
