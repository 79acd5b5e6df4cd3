using MedSeg.Devices;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Network.UNet;
using MedSeg.Tensors;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>Networks whose convolutions and images have fewer bits than float32, against the golden values and float32.</summary>
public sealed class PrecisionTests : IDisposable
{
    private const int Side = 64;
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<NetworkArchitecture> All => [.. Enum.GetValues<NetworkArchitecture>()];

    public static TheoryData<NetworkArchitecture, bool> Both => [.. from architecture in Enum.GetValues<NetworkArchitecture>() from byTorch in new[] { false, true } select (architecture, byTorch)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("pyramid_32_2", false)]
    [InlineData("pyramid_64_6", false)]
    [InlineData("pyramid_32_2", true)]
    [InlineData("pyramid_64_6", true)]
    public void Pyramid_gives_the_published_probabilities_and_losses(string name, bool byTorch)
    {
        var golden = new GoldenCase(name);
        using SegmentationNetwork network = Create(golden.Options, Precision.BFloat16, byTorch);
        network.Parameters.Load(golden.Weights().Tensors, "golden");

        AssertClose(golden.Floats("stage2.npy"), network.Predict(golden.Floats("input.npy")), 0.016);
        double[] losses = TakeSteps(network, golden.Losses.Length, golden.LearningRate, LossFunction.Dice, golden.Floats("input.npy"), golden.Labels());
        Assert.All(golden.Losses.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 5e-4));
    }

    [Theory]
    [InlineData("unet_32_2", false)]
    [InlineData("pyramidnorm_32_1", false)]
    [InlineData("unet_32_2", true)]
    [InlineData("pyramidnorm_32_1", true)]
    public void Networks_with_normalization_give_the_probabilities_and_losses_of_PyTorch(string name, bool byTorch)
    {
        var golden = new NetworkGolden(name);
        using SegmentationNetwork network = Create(golden.Options, Precision.BFloat16, byTorch);
        network.Parameters.Load(golden.Weights(), "golden");

        // The deepest level of 32 pixels has 2 × 2, over which normalization divides by the deviation.
        AssertClose(golden.Floats("wide_output.npy"), network.Predict(golden.Floats("wide.npy")), 0.06);
        AssertClose(golden.Floats("output1.npy"), network.Predict(golden.Floats("input.npy")), 0.06);
        double[] losses = TakeSteps(network, golden.Losses.Length, 1e-3, LossFunction.DiceCrossEntropy, golden.Floats("input.npy"), golden.Labels());
        Assert.All(golden.Losses.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 5e-3));
    }

    // Normalization divides by deviations, and with them it multiplies rounding errors.
    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, false, 1e-4)]
    [InlineData(NetworkArchitecture.PyramidNorm, false, 5e-3)]
    [InlineData(NetworkArchitecture.UNet, false, 5e-3)]
    [InlineData(NetworkArchitecture.Pyramid, true, 1e-4)]
    [InlineData(NetworkArchitecture.PyramidNorm, true, 5e-3)]
    [InlineData(NetworkArchitecture.UNet, true, 5e-3)]
    public void Losses_of_25_steps_are_those_of_float32_to_three_or_four_digits(NetworkArchitecture architecture, bool byTorch, double tolerance)
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        double[] Losses(Precision precision)
        {
            using SegmentationNetwork network = Drawn(architecture, precision, byTorch);
            return TakeSteps(network, 25, 1e-4, LossFunction.Dice, image, labels);
        }

        double[] exact = Losses(Precision.Float32);
        double[] rounded = Losses(Precision.BFloat16);

        Assert.True(exact[^1] < exact[0], "The network does not learn.");
        Assert.NotEqual(exact, rounded);
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, false, 0.999)]
    [InlineData(NetworkArchitecture.PyramidNorm, false, 0.9)]
    [InlineData(NetworkArchitecture.UNet, false, 0.9)]
    [InlineData(NetworkArchitecture.Pyramid, true, 0.999)]
    [InlineData(NetworkArchitecture.PyramidNorm, true, 0.9)]
    [InlineData(NetworkArchitecture.UNet, true, 0.9)]
    public void Gradients_point_where_those_of_float32_do(NetworkArchitecture architecture, bool byTorch, double leastCosine)
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        torch.Tensor Gradients(Precision precision)
        {
            using SegmentationNetwork network = Drawn(architecture, precision, byTorch);
            _ = Differentiate(network, image, labels);
            return network.Parameters.Gradients.clone();
        }

        torch.Tensor exact = Gradients(Precision.Float32);
        torch.Tensor rounded = Gradients(Precision.BFloat16);

        Assert.Equal(torch.ScalarType.Float32, rounded.dtype);
        double cosine = (exact * rounded).sum().item<float>() / (exact.norm().item<float>() * rounded.norm().item<float>());
        Assert.InRange(cosine, leastCosine, 1.0001);
        Assert.InRange(rounded.norm().item<float>() / exact.norm().item<float>(), 0.85, 1.15);
    }

    // Of what torch differentiates as a whole, the code for the CPU keeps only a part, and computes the rest back.
    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, 0.25, 0.999)]
    [InlineData(NetworkArchitecture.Pyramid, 0.0, 0.999)]
    [InlineData(NetworkArchitecture.Pyramid, -0.5, 0.999)]
    [InlineData(NetworkArchitecture.PyramidNorm, 0.25, 0.98)]
    [InlineData(NetworkArchitecture.UNet, 0.25, 0.9)]
    public void Gradients_with_torch_s_convolutions_are_those_of_torch_in_bfloat16(NetworkArchitecture architecture, double slope, double leastCosine)
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        Dictionary<string, torch.Tensor> Gradients(bool byTorch)
        {
            using SegmentationNetwork network = Drawn(architecture, Precision.BFloat16, leavesToTorch: true);
            using (torch.no_grad())
            {
                // One channel's slope alone decides how the whole layer is computed.
                network.Parameters.Shapes.Where(shape => shape.Initial == InitialValue.Slope).ToList().ForEach(shape => network.Parameters[shape.Name][0].Fill(slope));
            }

            using TrainingPass pass = byTorch ? new TrainingPass(network.Forward(image, training: true)) : network.Train(image);
            _ = TrainingLoss.Backward(LossFunction.Dice, pass, labels, hasIgnored: false, drawn: null);
            return network.Parameters.Shapes.ToDictionary(shape => shape.Name, shape => network.Parameters[shape.Name].grad!.clone());
        }

        Dictionary<string, torch.Tensor> expected = Gradients(byTorch: true);
        Dictionary<string, torch.Tensor> found = Gradients(byTorch: false);

        Assert.All(expected, parameter =>
        {
            (torch.Tensor one, torch.Tensor other) = (parameter.Value, found[parameter.Key]);
            double norm = one.norm().item<float>();
            double cosine = (one * other).sum().item<float>() / (norm * other.norm().item<float>());
            Assert.True(norm < 1e-7 || cosine > leastCosine, $"{parameter.Key}: the cosine of the gradients is {cosine}.");
            Assert.True(norm < 1e-7 || Math.Abs((other.norm().item<float>() / norm) - 1) < 0.2, $"{parameter.Key}: the norm is {other.norm().item<float>()}, not {norm}.");
        });
    }

    // Dropout is part of what is differentiated: the loss changes as the gradient says.
    [Theory]
    [MemberData(nameof(Both))]
    public void Gradients_are_those_of_the_values_that_dropout_kept(NetworkArchitecture architecture, bool byTorch)
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        using SegmentationNetwork network = Create(Options(architecture) with { DropoutRate = 0.3 }, Precision.BFloat16, byTorch);
        using SegmentationNetwork exact = Create(Options(architecture) with { DropoutRate = 0.3 }, Precision.Float32);
        foreach (SegmentationNetwork each in (SegmentationNetwork[])[network, exact])
        {
            each.Parameters.Initialize(3);
            each.Reseed(5);
            _ = Differentiate(each, image, labels);
        }

        // Both drop the same values.
        torch.Tensor one = exact.Parameters.Gradients;
        torch.Tensor other = network.Parameters.Gradients;
        Assert.InRange((one * other).sum().item<float>() / (one.norm().item<float>() * other.norm().item<float>()), architecture == NetworkArchitecture.Pyramid ? 0.999 : 0.9, 1.0001);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Images_that_a_step_keeps_have_half_the_bytes(NetworkArchitecture architecture)
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernels: it has no AVX2 and FMA.");
        (torch.Tensor image, torch.Tensor labels) = Discs();
        long Memory(Precision precision)
        {
            using SegmentationNetwork network = Drawn(architecture, precision);
            _ = Differentiate(network, image, labels);
            return network.ImageMemory;
        }

        // The input, probabilities and their gradients stay float32.
        Assert.InRange(Memory(Precision.BFloat16) / (double)Memory(Precision.Float32), 0.45, 0.65);
    }

    [Fact]
    public void Images_between_torch_s_layers_have_half_the_bytes()
    {
        var operations = new Recorder();
        using SegmentationNetwork network = SegmentationNetworks.Create(Options(NetworkArchitecture.PyramidNorm), torch.CPU, operations);

        torch.Tensor result = network.Predict(torch.rand(1, 1, Side, Side));

        Assert.Equal(torch.ScalarType.Float32, result.dtype);
        Assert.Equal([torch.ScalarType.BFloat16], operations.Types.Distinct());
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_the_same_seed_drops_the_same()
    {
        using SegmentationNetwork network = SegmentationNetworks.Create(NetworkOptions.Published(32, 2) with { DropoutRate = 0.3 }, torch.CPU, NarrowOperations.For(Precision.BFloat16));
        torch.Tensor ones = torch.ones(1 << 20, torch.ScalarType.BFloat16);
        torch.Tensor Draw(ulong seed)
        {
            network.Reseed(seed);
            return network.Drop(ones, training: true);
        }

        torch.Tensor dropped = Draw(3);

        // 1 / 0.7 is 1.4286, and 1.4297 as bfloat16; what is measured is how many are kept.
        Assert.Equal(0.7, dropped.ne(torch.zeros(1)).to(torch.ScalarType.Float32).mean().item<float>(), 0.002);
        Assert.Equal(1.4286f, dropped.max().to(torch.ScalarType.Float32).item<float>(), 0.003);
        Assert.Equal(Numbers(dropped), Numbers(Draw(3)));
        Assert.NotEqual(Numbers(dropped), Numbers(Draw(4)));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Nothing_is_left_of_a_pass(NetworkArchitecture architecture, bool byTorch)
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        using SegmentationNetwork network = Drawn(architecture, Precision.BFloat16, byTorch);
        long Use()
        {
            _ = Differentiate(network, image, labels);
            network.Predict(image).Dispose();
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        _ = Use();
        long before = Use();

        Assert.Equal(before, Use());
    }

    [Fact]
    public void Torch_has_all_threads_while_it_computes_and_as_many_as_before_afterwards()
    {
        int threads = CpuParallel.Threads;
        int before = torch.get_num_threads();
        using (TorchThreads.All(torch.CPU))
        {
            Assert.Equal(threads, torch.get_num_threads());
        }

        Assert.Equal(before, torch.get_num_threads());
        Assert.Null(TorchThreads.All(torch.META));
    }

    // A GPU before Ampere computes with float16; here the CPU does, which users are not offered.
    [Fact]
    public void Gradients_of_a_scaled_loss_are_those_of_float32_in_float16()
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        using SegmentationNetwork exact = Drawn(NetworkArchitecture.Pyramid, Precision.Float32);
        using SegmentationNetwork rounded = Drawn(NetworkArchitecture.Pyramid, Precision.Float16);
        var scaler = new GradientScaler();

        double expected = Differentiate(exact, image, labels);
        double loss = Differentiate(rounded, image, labels, scaler.State.Scale);

        Assert.Equal(expected, loss, 1e-4);
        Assert.True(scaler.Unscale(rounded.Parameters));
        torch.Tensor difference = rounded.Parameters.Gradients.Minus(exact.Parameters.Gradients);
        Assert.InRange(difference.norm().item<float>() / exact.Parameters.Gradients.norm().item<float>(), 0, 0.02);
    }

    [Fact]
    public void Step_whose_gradients_overflow_float16_is_not_taken_and_the_next_one_is()
    {
        (torch.Tensor image, torch.Tensor labels) = Discs();
        using SegmentationNetwork network = Drawn(NetworkArchitecture.Pyramid, Precision.Float16);
        using var optimizer = new AdamOptimizer(network.Parameters);
        var scaler = new GradientScaler { State = new GradientScale(Math.Pow(2, 40), 5) };
        float[] before = [.. network.Parameters.Values.data<float>()];
        int taken = 0;
        for (; optimizer.Steps == 0 && taken < 40; taken++)
        {
            Assert.Equal(before, network.Parameters.Values.data<float>().ToArray());
            _ = TrainingStep.Take(network.Train, optimizer, image, labels, 1e-3, new TrainingOptions(), scaler: scaler);
        }

        Assert.InRange(taken, 5, 39);
        Assert.Equal(new GradientScale(Math.Pow(2, 41 - taken), 1), scaler.State);
        Assert.NotEqual(before, network.Parameters.Values.data<float>().ToArray());
    }

    private static float[] Numbers(torch.Tensor tensor) => [.. tensor.to(torch.ScalarType.Float32).data<float>()];

    private static NetworkOptions Options(NetworkArchitecture architecture) =>
        new() { Architecture = architecture, InputSize = Side, RoiCount = 2, BaseWidth = 4, DropoutRate = 0 };

    private static SegmentationNetwork Create(NetworkOptions options, Precision precision, bool leavesToTorch = false) => options.Architecture == NetworkArchitecture.UNet
        ? new UNetNetwork(options, torch.CPU, NarrowOperations.For(precision)) { LeavesBFloat16ToTorch = leavesToTorch }
        : new PyramidNetwork(options, torch.CPU, NarrowOperations.For(precision)) { LeavesBFloat16ToTorch = leavesToTorch };

    private static SegmentationNetwork Drawn(NetworkArchitecture architecture, Precision precision, bool leavesToTorch = false)
    {
        SegmentationNetwork network = Create(Options(architecture), precision, leavesToTorch);
        network.Parameters.Initialize(3);
        return network;
    }

    private static double[] TakeSteps(SegmentationNetwork network, int count, double learningRate, LossFunction loss, torch.Tensor image, torch.Tensor labels)
    {
        using var optimizer = new AdamOptimizer(network.Parameters);
        return [.. Enumerable.Range(0, count).Select(_ => TrainingStep.Take(network.Train, optimizer, image, labels, learningRate, new TrainingOptions { Loss = loss }).data<double>()[0])];
    }

    private static double Differentiate(SegmentationNetwork network, torch.Tensor image, torch.Tensor labels, double scale = 1)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using TrainingPass pass = network.Train(image);
        return TrainingLoss.Backward(LossFunction.Dice, pass, labels, hasIgnored: false, drawn: null, scale).data<double>()[0];
    }

    // A disc in each slice, brighter than the noise around it, and a dark one.
    private static (torch.Tensor Image, torch.Tensor Labels) Discs()
    {
        var random = new Random(5);
        byte[] labels = new byte[2 * Side * Side];
        float[] image = new float[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            (int slice, int y, int x) = (i / (Side * Side), i / Side % Side, i % Side);
            labels[i] = Math.Abs(x - 19 - slice) + Math.Abs(y - 24) < 14 ? (byte)1 : Math.Abs(x - 45) + Math.Abs(y - 39) < 16 ? (byte)2 : (byte)0;
            image[i] = (0.4f * labels[i]) + (0.3f * random.NextSingle()) - 0.5f;
        }

        return (torch.tensor(image, [2, 1, Side, Side]), torch.tensor(labels, [2, Side, Side]));
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual, double tolerance)
    {
        torch.Tensor difference = actual.narrow(1, actual.shape[1] - expected.shape[1], expected.shape[1]).Minus(expected).abs();
        Assert.InRange(difference.max().item<float>(), 1e-6, tolerance);
        Assert.InRange(difference.mean().item<float>(), 0, tolerance / 8);
    }

    private sealed class Recorder : LayerOperations
    {
        private readonly NarrowOperations _operations = NarrowOperations.For(Precision.BFloat16)!;

        public List<torch.ScalarType> Types { get; } = [];

        public override torch.Tensor Convolve(torch.Tensor x, torch.Tensor weight, torch.Tensor bias, int stride, int padding, int dilation) =>
            Note(_operations.Convolve(x, weight, bias, stride, padding, dilation));

        public override torch.Tensor Upsample(torch.Tensor x, torch.Tensor weight, torch.Tensor bias) => Note(_operations.Upsample(x, weight, bias));

        public override torch.Tensor Normalize(torch.Tensor x, NormParameters norm) => Note(_operations.Normalize(x, norm));

        public override torch.Tensor Rectify(torch.Tensor x, torch.Tensor slope) => Note(_operations.Rectify(x, slope));

        private torch.Tensor Note(torch.Tensor result)
        {
            Types.Add(result.dtype);
            return result;
        }
    }
}
