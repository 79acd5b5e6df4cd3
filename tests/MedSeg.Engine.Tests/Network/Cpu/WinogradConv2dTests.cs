using MedSeg.Devices;
using MedSeg.Network.Cpu;
using MedSeg.Network.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>
/// Winograd convolutions of random shapes against direct ones in float64. Errors are relative to the standard deviation of the exact values; the
/// bounds are what Lavin and Gray's F(4×4, 3×3) has with the points 0, ±5/8, ±3/2 and ∞, up to a sixth more: with the usual points ±1 and ±2
/// errors are twice as large.
/// </summary>
public sealed class WinogradConv2dTests : IDisposable
{
    private const int Shapes = 60;
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Shapes)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Errors_of_any_shape_are_within_the_bounds(int seed)
    {
        RequireKernel();
        var random = new Random(seed);
        (int images, int inputs, int outputs) = (random.Next(1, 4), random.Next(1, 70), random.Next(1, 70));
        (int rows, int columns, int dilation) = (random.Next(1, 34), random.Next(1, 34), random.Next(1, 7));
        string shape = $"{images} × {inputs}→{outputs} at {rows}×{columns}, dilation {dilation}";
        Tensor x = Normal(seed, images, inputs, rows, columns);
        Tensor weight = Normal(seed + 1000, outputs, inputs, 3, 3);
        Tensor gradient = Normal(seed + 2000, images, outputs, rows, columns);
        (Tensor exact, Tensor exactBack, Tensor exactWeight) = Exact(x, weight, gradient, dilation);

        Tensor[] many = Winograd(x, weight, gradient, dilation);
        Tensor[] one = OneThread.Run(() => Winograd(x, weight, gradient, dilation));

        AssertErrors(exact, many[0], Math.Sqrt(9 * inputs), 1.5e-6, 2e-5, $"forward, {shape}");
        AssertErrors(exactBack, many[1], Math.Sqrt(9 * outputs), 1.5e-6, 2e-5, $"input gradient, {shape}");
        AssertErrors(exactWeight, many[2], Math.Sqrt(images * rows * columns), 5.7e-6, 1.7e-5, $"weight gradient, {shape}");
        Assert.All(many.Zip(one), pair => Assert.Equal(Floats(pair.First), Floats(pair.Second)));
    }

    [Theory]
    [InlineData(256, 256, 32, 1)]
    [InlineData(64, 96, 64, 2)]
    public void Errors_of_large_layers_are_within_the_bounds(int inputs, int outputs, int side, int dilation)
    {
        RequireKernel();
        Tensor x = Normal(1, 1, inputs, side, side);
        Tensor weight = Normal(2, outputs, inputs, 3, 3);
        Tensor gradient = Normal(3, 1, outputs, side, side);
        (Tensor exact, Tensor exactBack, Tensor exactWeight) = Exact(x, weight, gradient, dilation);

        Tensor[] found = Winograd(x, weight, gradient, dilation);

        AssertErrors(exact, found[0], Math.Sqrt(9 * inputs), 1.5e-6, 2e-5, "forward");
        AssertErrors(exactBack, found[1], Math.Sqrt(9 * outputs), 1.5e-6, 2e-5, "input gradient");
        AssertErrors(exactWeight, found[2], side, 5.7e-6, 1.7e-5, "weight gradient");
    }

    // Other blocks of tiles, as with another number of threads.
    [Theory]
    [InlineData(40, 24, 19, 1)]
    [InlineData(16, 160, 8, 2)]
    public void Image_has_the_same_result_in_a_batch_as_alone(int inputs, int outputs, int side, int dilation)
    {
        RequireKernel();
        Tensor x = Normal(4, 5, inputs, side, side);
        Tensor weight = Normal(5, outputs, inputs, 3, 3);
        Tensor gradient = Normal(6, 5, outputs, side, side);

        Tensor[] batch = Winograd(x, weight, gradient, dilation);

        Assert.All(Enumerable.Range(0, 5), i =>
        {
            Tensor[] alone = Winograd(x.narrow(0, i, 1), weight, gradient.narrow(0, i, 1), dilation);
            Assert.Equal(Floats(alone[0]), Floats(batch[0].narrow(0, i, 1)));
            Assert.Equal(Floats(alone[1]), Floats(batch[1].narrow(0, i, 1)));
        });
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(21, 2)]
    public void Bias_activation_sum_and_dropout_are_those_of_the_direct_convolution(int channels, int addedChannels)
    {
        RequireKernel();
        Tensor x = Normal(7, 2, 9, 13, 11);
        Tensor other = Normal(8, 2, addedChannels == 1 ? 1 : channels, 13, 11);
        LayerParameters layer = Layer(Normal(9, channels, 9, 3, 3), channels);
        float[] Values(ConvolutionPath path)
        {
            using var arena = new ImageArena();
            using var image = ChannelsLastView.Of(x);
            using ChannelsLastView added = ChannelsLastView.Of(other);
            var activation = new PReluEpilogue(layer.Pointers, added, new DropoutMask(0.3, seed: 5));
            using var convolution = new Avx2Conv2dNode(layer.Pointers, image, new Conv2dGeometry(3, 1, 1, 1), isTransposed: false, wantsInput: false, path, new ImageStorage(arena), activation);
            using ChannelsLastView values = convolution.Values;
            return Floats(values.ToImage());
        }

        float[] expected = Values(ConvolutionPath.Direct);
        float[] actual = Values(ConvolutionPath.Winograd);

        Assert.Contains(0, expected);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-4f));
        Assert.Equal(expected.Select(v => v == 0), actual.Select(v => v == 0));
    }

    [Fact]
    public void Only_the_network_s_own_form_is_supported()
    {
        Assert.True(WinogradConv2d.Supports(new Conv2dGeometry(3, 1, 5, 5)));
        Assert.False(WinogradConv2d.Supports(new Conv2dGeometry(2, 2, 0, 1)));
        Assert.False(WinogradConv2d.Supports(new Conv2dGeometry(3, 2, 1, 1)));
        Assert.False(WinogradConv2d.Supports(new Conv2dGeometry(3, 1, 0, 1)));
        Assert.False(WinogradConv2d.Supports(new Conv2dGeometry(1, 1, 0, 1)));
    }

    private static void RequireKernel() =>
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernel: it has no AVX2 and FMA.");

    private static (Tensor Values, Tensor Input, Tensor Weight) Exact(Tensor x, Tensor weight, Tensor gradient, int dilation)
    {
        Tensor exact = x.to(ScalarType.Float64).requires_grad_();
        Tensor exactWeight = weight.to(ScalarType.Float64).requires_grad_();
        Tensor values = nn.functional.conv2d(exact, exactWeight, null, [1, 1], [dilation, dilation], [dilation, dilation]);
        values.backward([gradient.to(ScalarType.Float64)]);
        return (values, exact.grad!, exactWeight.grad!);
    }

    // The values, and the gradients of the input and of the weights.
    private static Tensor[] Winograd(Tensor x, Tensor weight, Tensor gradient, int dilation)
    {
        LayerParameters layer = Layer(weight, (int)weight.shape[0]);
        layer.Bias.zero_();
        using var arena = new ImageArena();
        using var image = ChannelsLastView.Of(x);
        using var convolution = new Avx2Conv2dNode(layer.Pointers, image, new Conv2dGeometry(3, 1, dilation, dilation), isTransposed: false, wantsInput: true, ConvolutionPath.Winograd, new ImageStorage(arena));
        using ChannelsLastView values = convolution.Values;
        using ChannelsLastView rows = ChannelsLastView.Of(gradient);
        using ChannelsLastView back = convolution.Backward(rows, image)!;
        return [values.ToImage().clone(), back.ToImage().clone(), layer.Weight.grad!];
    }

    private static LayerParameters Layer(Tensor weight, int outputs)
    {
        Tensor last = Last(weight);
        last.requires_grad = true;
        last.grad = Last(zeros(weight.shape));
        return new LayerParameters(last, Normal(10, outputs), Normal(11, outputs));
    }

    private static Tensor Last(Tensor weight) => weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).detach();

    private static Tensor Normal(int seed, params long[] shape) => randn(shape, generator: new Generator((ulong)seed));

    private static float[] Floats(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static void AssertErrors(Tensor exact, Tensor actual, double deviation, double rms, double largest, string name)
    {
        Assert.Equal(exact.shape, actual.shape);
        Tensor errors = (exact - actual.to(ScalarType.Float64)) / deviation;
        double foundRms = Math.Sqrt(errors.square().mean().item<double>());
        double foundLargest = errors.abs().max().item<double>();
        Assert.True(foundRms <= rms && foundLargest <= largest, $"{name}: errors of {foundRms:0.0e0} (RMS) and {foundLargest:0.0e0} (largest).");
    }
}
