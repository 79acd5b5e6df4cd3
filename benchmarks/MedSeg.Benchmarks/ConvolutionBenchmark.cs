using System.Runtime.InteropServices;
using MedSeg.Devices;
using MedSeg.Network.Cpu;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Benchmarks;

/// <summary>
/// Measures each 3 × 3 convolution of the published network: direct, by Winograd's minimal filtering, and by torch, alternating in one process. The
/// ratios are computed round by round, so that what disturbs a round disturbs all of them.
/// </summary>
/// <param name="report">Takes tables in Markdown.</param>
internal sealed unsafe class ConvolutionBenchmark(TextWriter report)
{
    private const int Batch = 5;
    private const int RoiCount = 6;
    private const int Rounds = 15;
    private const int WarmUps = 2;
    private static readonly string[] s_passes = ["forward", "input gradient", "weight gradient"];

    // The milliseconds of CPU time that the network's convolutions take by each path, and with the faster of the two own ones.
    private readonly double[] _sums = new double[4];

    /// <summary>Measures the shapes of some input sizes.</summary>
    /// <param name="sizes">The sides S.</param>
    public void Run(params int[] sizes)
    {
        TorchLibrary.Require();
        report.WriteLine($"{Environment.ProcessorCount} CPUs, {RuntimeInformation.OSDescription}, {DateTime.UtcNow:u}; {CpuParallel.Threads} threads; batch {Batch}; CPU time, median (least–greatest) of {Rounds} rounds\n");
        foreach (int size in sizes)
        {
            Array.Clear(_sums);
            report.WriteLine($"## {size}×{size}\n\n| convolution | pass | direct ÷ Winograd | the same of wall time | torch ÷ Winograd | direct, ms | Winograd, ms | chosen |\n|---|---|---|---|---|---|---|---|");
            foreach ((ConvolutionShape shape, int count) in ConvolutionShape.OfNetwork(size, RoiCount))
            {
                Measure(shape, count);
            }

            report.WriteLine($"\nAll of the network's, ms of CPU time: direct {_sums[0]:0}, Winograd {_sums[1]:0}, as chosen {_sums[3]:0}, torch {_sums[2]:0}\n");
        }
    }

    private void Measure(ConvolutionShape shape, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Image(Batch, shape.Side, shape.Inputs);
        Tensor gradient = Image(Batch, shape.Side, shape.Outputs);
        Tensor weight = Image(shape.Outputs, 3, shape.Inputs).mul(0.1f).detach();
        using ChannelsLastView from = ChannelsLastView.Of(x);
        using ChannelsLastView back = ChannelsLastView.Of(gradient);
        Action[][] actions = [Direct(shape, from, back, weight), Winograd(shape, from, back, weight)];
        for (int pass = 0; pass < s_passes.Length; pass++)
        {
            var (direct, winograd, torch) = (new CpuTimes(), new CpuTimes(), new CpuTimes());
            for (int round = -WarmUps; round < Rounds; round++)
            {
                direct.Measure(actions[0][pass], isKept: round >= 0);
                winograd.Measure(actions[1][pass], isKept: round >= 0);
                MeasureTorch(pass, shape, x, gradient, weight, torch, isKept: round >= 0);
            }

            Report(shape, pass, count, direct, winograd, torch);
        }
    }

    private void Report(ConvolutionShape shape, int pass, int count, CpuTimes direct, CpuTimes winograd, CpuTimes torch)
    {
        bool isWinograd = IsWinograd(shape, pass);
        double[] medians = [direct.Cpu.Median, winograd.Cpu.Median, torch.Cpu.Median, (isWinograd ? winograd : direct).Cpu.Median];
        for (int i = 0; i < medians.Length; i++)
        {
            _sums[i] += count * medians[i];
        }

        string ratios = $"{Samples.Ratio(direct.Cpu, winograd.Cpu).Text("0.00")} | {Samples.Ratio(direct.Wall, winograd.Wall).Text("0.00")} | {Samples.Ratio(torch.Cpu, winograd.Cpu).Text("0.00")}";
        report.WriteLine($"| {(pass == 0 ? $"{count} × {shape}" : "")} | {s_passes[pass]} | {ratios} | {medians[0]:0.00} | {medians[1]:0.00} | {(isWinograd ? "Winograd" : "direct")} |");
    }

    private static Action[] Direct(ConvolutionShape shape, ChannelsLastView x, ChannelsLastView gradient, Tensor weight)
    {
        var geometry = new Conv2dGeometry(3, 1, shape.Dilation, shape.Dilation);
        return
        [
            () => Into(shape, shape.Outputs, to => Avx2Conv2d.Forward(x, TensorMemory.Weights(weight), bias: null, geometry, to)),
            () => Into(shape, shape.Inputs, to => Avx2Conv2d.Transposed(gradient, TensorMemory.Weights(weight), geometry, new Conv2dOutput(to, bias: null, activation: null))),
            () => Avx2WeightGradient.Add(gradient, x, geometry, TensorMemory.Weights(weight)),
        ];
    }

    private static Action[] Winograd(ConvolutionShape shape, ChannelsLastView x, ChannelsLastView gradient, Tensor weight) =>
    [
        () => Into(shape, shape.Outputs, to => WinogradConv2d.Forward(x, TensorMemory.Weights(weight), bias: null, shape.Dilation, to)),
        () => Into(shape, shape.Inputs, to => WinogradConv2d.Transposed(gradient, TensorMemory.Weights(weight), shape.Dilation, new Conv2dOutput(to, bias: null, activation: null))),
        () => WinogradWeightGradient.Add(gradient, x, shape.Dilation, TensorMemory.Weights(weight)),
    ];

    private static void Into(ConvolutionShape shape, int channels, Action<ChannelsLastView> work)
    {
        using ChannelsLastView to = ChannelsLastView.Empty(Batch, shape.Side, shape.Side, channels);
        work(to);
    }

    // Torch's threads spin after an operation: they get time to fall asleep.
    private static void MeasureTorch(int pass, ConvolutionShape shape, Tensor x, Tensor gradient, Tensor weight, CpuTimes times, bool isKept)
    {
        using DisposeScope scope = NewDisposeScope();
        int threads = get_num_threads();
        set_num_threads(CpuParallel.Threads);
        long[] space = [shape.Dilation, shape.Dilation];
        Tensor input = x.alias().detach();
        Tensor kernel = weight.alias().detach();
        input.requires_grad = pass == 1;
        kernel.requires_grad = pass == 2;
        Tensor y = empty(0);
        Action forward = () => y = nn.functional.conv2d(input, kernel, null, [1, 1], space, space);
        if (pass == 0)
        {
            times.Measure(forward, isKept);
        }
        else
        {
            forward();
            times.Measure(() => y.backward([gradient]), isKept);
        }

        set_num_threads(threads);
        if (CpuParallel.Threads > 1)
        {
            Thread.Sleep(20);
        }
    }

    private static bool IsWinograd(ConvolutionShape shape, int pass)
    {
        var geometry = new Conv2dGeometry(3, 1, shape.Dilation, shape.Dilation);
        using ChannelsLastView image = ChannelsLastView.Empty(Batch, shape.Side, shape.Side, 1);
        return pass switch
        {
            0 => WinogradChoice.IsChosen(ConvolutionPath.Auto, geometry, image, shape.Inputs, shape.Outputs),
            1 => WinogradChoice.IsChosen(ConvolutionPath.Auto, geometry, image, shape.Outputs, shape.Inputs),
            _ => WinogradChoice.IsChosenForWeights(ConvolutionPath.Auto, geometry, image, shape.Inputs, shape.Outputs),
        };
    }

    private static Tensor Image(int count, int side, int channels) =>
        rand(count, side, side, channels, generator: new Generator(1)).sub(0.5f).permute(0, 3, 1, 2);
}
