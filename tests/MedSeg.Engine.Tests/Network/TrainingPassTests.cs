using MedSeg.Devices;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>Compares the gradients that are computed on the CPU with torch's.</summary>
public sealed class TrainingPassTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(32, 2, 1, 0.25)]
    [InlineData(32, 1, 3, 0.25)]
    [InlineData(48, 5, 4, 0.01)]
    [InlineData(32, 3, 8, 0.0, 4)] // With seed 3, a value so near zero that rounding decides its sign, and its gradient, on some CPUs.
    [InlineData(32, 3, 2, -0.5)]
    [InlineData(64, 2, 16, 1e-5)]
    public void Loss_and_all_gradients_are_those_of_torch(int size, int rois, int width, double slope, int seed = 3)
    {
        NetworkOptions options = NetworkOptions.Published(size, rois) with { BaseWidth = width, DropoutRate = 0 };
        (double expectedLoss, Dictionary<string, float[]> expected) = Differentiate(options, slope, seed, byTorch: true);

        // All ways to convolve, independently of which one this CPU prefers.
        foreach (ConvolutionPath path in CpuFeatures.HasOwnConvolutions ? Enum.GetValues<ConvolutionPath>() : [ConvolutionPath.Torch])
        {
            (double loss, Dictionary<string, float[]> gradients) = Differentiate(options, slope, seed, byTorch: false, path);

            Assert.Equal(expectedLoss, loss, 1e-6);
            Assert.All(expected, parameter => AssertClose(parameter.Value, gradients[parameter.Key], parameter.Key));
        }
    }

    [Fact]
    public void Dropout_and_all_that_follows_do_not_depend_on_who_convolves()
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernel: it has no AVX2 and FMA.");
        float[] Probabilities(ConvolutionPath path, bool training)
        {
            using PyramidNetwork network = Network(NetworkOptions.Published(32, 2), 0.25, byTorch: false, path);
            network.Reseed(4);
            using IDisposable noGradient = torch.inference_mode(!training);
            using TrainingPass? pass = training ? network.Train(Image(32)) : null;
            torch.Tensor stage2 = pass?.Outputs[1].Probabilities ?? network.Predict(Image(32));
            return stage2.contiguous().data<float>().ToArray();
        }

        foreach (ConvolutionPath path in (ConvolutionPath[])[ConvolutionPath.Direct, ConvolutionPath.Winograd])
        {
            AssertClose(Probabilities(ConvolutionPath.Torch, training: true), Probabilities(path, training: true), $"training, {path}");
            AssertClose(Probabilities(ConvolutionPath.Torch, training: false), Probabilities(path, training: false), $"inference, {path}");
        }
    }

    [Fact]
    public void Gradients_add_up_over_passes()
    {
        using PyramidNetwork network = Network(NetworkOptions.Published(32, 2) with { DropoutRate = 0 }, 0.25, byTorch: false);
        Run(network);
        float[] once = network.Parameters.Gradients.data<float>().ToArray();
        Run(network);

        AssertClose([.. once.Select(g => 2 * g)], network.Parameters.Gradients.data<float>().ToArray(), "all");
    }

    [Fact]
    public void Nothing_is_left_of_a_pass()
    {
        using PyramidNetwork network = Network(NetworkOptions.Published(32, 2), 0.25, byTorch: false);
        Run(network);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Run(network);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Pass_that_no_loss_came_back_through_leaves_nothing_either()
    {
        using PyramidNetwork network = Network(NetworkOptions.Published(32, 2), 0.25, byTorch: false);
        Run(network);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (DisposeScope scope = torch.NewDisposeScope())
        {
            network.Train(Image(32)).Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Same_seed_drops_the_same_and_another_one_other_values()
    {
        using PyramidNetwork network = Network(NetworkOptions.Published(32, 2), 0.25, byTorch: false);
        float[] Draw(ulong seed)
        {
            network.Reseed(seed);
            using TrainingPass pass = network.Train(Image(32));
            return pass.Outputs[1].Probabilities.contiguous().data<float>().ToArray();
        }

        float[] first = Draw(1);
        Assert.NotEqual(first, Draw(2));
        Assert.Equal(first, Draw(1));
    }

    // Dropout is part of what is differentiated: the loss changes as the gradient says.
    [Fact]
    public void Gradients_are_those_of_the_values_that_dropout_kept()
    {
        using PyramidNetwork network = Network(NetworkOptions.Published(32, 2), 0.25, byTorch: false);
        double Loss()
        {
            network.Reseed(5);
            using TrainingPass again = network.Train(Image(32));
            return OneRoi(again).item<double>();
        }

        network.Reseed(5);
        Run(network, OneRoi);
        torch.Tensor parameter = network.Parameters["stage2.decoder3.2.bias"];
        int index = (int)parameter.grad!.abs().argmax().item<long>();
        double slope = parameter.grad![index].item<float>();
        const double step = 1e-2;
        using IDisposable noGradient = torch.no_grad();
        parameter[index].add_(step);
        double above = Loss();
        parameter[index].add_(-2 * step);
        double below = Loss();

        Assert.True(Math.Abs(slope) > 0.05, "The parameter has no effect: another one should be tested.");
        Assert.Equal(slope, (above - below) / (2 * step), 0.02 * Math.Abs(slope));
    }

    private static torch.Tensor OneRoi(TrainingPass pass) => pass.Outputs[1].Probabilities.select(1, 1).to(torch.ScalarType.Float64).sum();

    private static (double Loss, Dictionary<string, float[]> Gradients) Differentiate(NetworkOptions options, double slope, int seed, bool byTorch, ConvolutionPath? path = null)
    {
        using PyramidNetwork network = Network(options, slope, byTorch, path, seed);
        double loss = Run(network);
        return (loss, network.Parameters.Split(network.Parameters.Gradients).ToDictionary(p => p.Key, p => p.Value.AsFloats().ToArray()));
    }

    private static PyramidNetwork Network(NetworkOptions options, double slope, bool byTorch, ConvolutionPath? path = null, int seed = 3)
    {
        var network = new PyramidNetwork(options, torch.CPU, byTorch ? new LayerOperations() : null) { Convolutions = path ?? CpuFeatures.Convolutions };
        network.Parameters.Initialize(seed);
        using IDisposable noGradient = torch.no_grad();
        foreach (ParameterShape shape in network.Parameters.Shapes.Where(s => s.FanIn == 0))
        {
            // One channel's slope alone decides how the whole layer is computed.
            network.Parameters[shape.Name][0].fill_(slope);
        }

        return network;
    }

    private static double Run(PyramidNetwork network, Func<TrainingPass, torch.Tensor>? loss = null)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        int size = network.Options.InputSize;
        using TrainingPass pass = network.Train(Image(size));
        torch.Tensor value = loss?.Invoke(pass) ?? SegmentationLoss.Compute(LossFunction.Dice, pass.Outputs, new LossTargets(Labels(size, network.Options.RoiCount), network.Options.RoiCount));
        pass.Backward(value);
        return value.to(torch.ScalarType.Float64).item<double>();
    }

    private static torch.Tensor Image(int size) => torch.arange(0, 3 * size * size, torch.ScalarType.Float32).sin().abs().view(3, 1, size, size);

    private static torch.Tensor Labels(int size, int rois) =>
        (torch.arange(0, 3 * size * size, torch.ScalarType.Int64).div(7, torch.RoundingMode.floor) % (rois + 1)).to(torch.ScalarType.Byte).view(3, size, size);

    private static void AssertClose(float[] expected, float[] actual, string name)
    {
        double most = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= (1e-6 + (1e-3 * most)), $"{name}[{i}]: {actual[i]}, expected {expected[i]} (largest {most})");
        }
    }
}
