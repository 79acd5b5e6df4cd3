using MedSeg.Devices;
using MedSeg.Network.Cpu;
using MedSeg.Network.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>MedSeg's convolutions, direct and by Winograd's filtering, against torch's own convolutions in float64, with the gradients that torch finds.</summary>
public sealed class Avx2Conv2dTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<int, int, int, int, int, int> Convolutions { get; } = new()
    {
        // Images, rows and columns of the input, channels in and out, dilation.
        { 1, 1, 1, 1, 1, 1 },
        { 2, 5, 7, 1, 16, 1 },
        { 3, 4, 4, 64, 64, 5 },
        { 5, 3, 9, 3, 4, 2 },
        { 1, 33, 31, 8, 7, 1 },
        { 2, 16, 16, 12, 8, 3 },
        { 1, 6, 6, 24, 17, 4 },
        { 2, 70, 70, 48, 32, 1 },
        { 1, 100, 130, 9, 6, 1 },
        { 1, 1, 2000, 5, 3, 1 },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution_of_three_rows_is_torch_s(int images, int rows, int columns, int inputs, int outputs, int dilation) =>
        Check(Random(images, inputs, rows, columns), Random(outputs, inputs, 3, 3), outputs, new Conv2dGeometry(3, 1, dilation, dilation), isTransposed: false);

    [Theory]
    [InlineData(1, 2, 2, 1, 1)]
    [InlineData(3, 6, 10, 4, 8)]
    [InlineData(2, 40, 64, 16, 32)]
    [InlineData(1, 4, 4, 33, 19)]
    public void Halving_convolution_is_torch_s(int images, int rows, int columns, int inputs, int outputs) =>
        Check(Random(images, inputs, rows, columns), Random(outputs, inputs, 2, 2), outputs, new Conv2dGeometry(2, 2, 0, 1), isTransposed: false);

    [Theory]
    [InlineData(1, 2, 2, 1, 1, 1)]
    [InlineData(3, 6, 10, 4, 8, 1)]
    [InlineData(2, 40, 64, 16, 32, 1)]
    [InlineData(1, 7, 9, 33, 19, 1)]
    [InlineData(2, 11, 8, 5, 20, 0)]
    public void Halving_convolution_of_three_rows_is_torch_s(int images, int rows, int columns, int inputs, int outputs, int padding) =>
        Check(Random(images, inputs, rows, columns), Random(outputs, inputs, 3, 3), outputs, new Conv2dGeometry(3, 2, padding, 1), isTransposed: false);

    [Fact]
    public void Convolution_of_stride_three_is_torch_s() =>
        Check(Random(2, 5, 13, 17), Random(9, 5, 3, 3), 9, new Conv2dGeometry(3, 3, 1, 1), isTransposed: false);

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(3, 3, 5, 8, 4)]
    [InlineData(2, 20, 32, 32, 16)]
    [InlineData(1, 4, 4, 19, 33)]
    public void Doubling_convolution_is_torch_s(int images, int rows, int columns, int inputs, int outputs) =>
        Check(Random(images, inputs, rows, columns), Random(inputs, outputs, 2, 2), outputs, new Conv2dGeometry(2, 2, 0, 1), isTransposed: true);

    [Theory]
    [InlineData(32, 7)]
    [InlineData(8, 2)]
    public void Mapping_convolution_is_torch_s(int inputs, int outputs) =>
        Check(Random(2, inputs, 20, 30), Random(outputs, inputs, 1, 1), outputs, new Conv2dGeometry(1, 1, 0, 1), isTransposed: false);

    [Theory]
    [InlineData("Direct", 1)]
    [InlineData("Winograd", 1)]
    [InlineData("Winograd", 3)]
    public void Result_does_not_depend_on_the_number_of_threads(string path, int dilation)
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernel: it has no AVX2 and FMA.");
        Tensor x = Random(2, 24, 80, 80);
        LayerParameters layer = Layer(Random(32, 24, 3, 3), 32);
        float[][] One()
        {
            layer.Weight.grad!.zero_();
            using var arena = new ImageArena();
            using var image = ChannelsLastView.Of(x);
            using var convolution = new Avx2Conv2dNode(layer.Pointers, image, new Conv2dGeometry(3, 1, dilation, dilation), isTransposed: false, wantsInput: true, Enum.Parse<ConvolutionPath>(path), new ImageStorage(arena));
            using ChannelsLastView values = convolution.Values;
            using ChannelsLastView back = convolution.Backward(values, image)!;
            return [Floats(values.ToImage()), Floats(back.ToImage()), Floats(layer.Weight.grad!)];
        }

        float[][] many = One();

        Assert.Equal(many, OneThread.Run(One));
    }

    private static void Check(Tensor x, Tensor weight, int outputs, Conv2dGeometry geometry, bool isTransposed)
    {
        Check(x, weight, outputs, geometry, isTransposed, ConvolutionPath.Direct);
        Check(x, weight, outputs, geometry, isTransposed, ConvolutionPath.Winograd);
    }

    private static void Check(Tensor x, Tensor weight, int outputs, Conv2dGeometry geometry, bool isTransposed, ConvolutionPath path)
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernel: it has no AVX2 and FMA.");
        LayerParameters layer = Layer(weight, outputs);
        Tensor exact = x.to(ScalarType.Float64).requires_grad_();
        Tensor exactWeight = weight.to(ScalarType.Float64).requires_grad_();
        Tensor exactBias = layer.Bias.to(ScalarType.Float64);
        Tensor expected = isTransposed
            ? nn.functional.conv_transpose2d(exact, exactWeight, exactBias, strides: [2, 2])
            : nn.functional.conv2d(exact, exactWeight, exactBias, [geometry.Stride, geometry.Stride], [geometry.Padding, geometry.Padding], [geometry.Dilation, geometry.Dilation]);
        Tensor gradient = Random([.. expected.shape]);
        expected.backward([gradient.to(ScalarType.Float64)]);

        // Of a part of the channels of a wider image, as the network has them where images were joined.
        Tensor wide = cat([Random(x.shape), x, Random(x.shape)], 1).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        using var arena = new ImageArena();
        using var part = ChannelsLastView.Of(wide.narrow(1, x.shape[1], x.shape[1]));
        using var convolution = new Avx2Conv2dNode(layer.Pointers, part, geometry, isTransposed, wantsInput: true, path, new ImageStorage(arena));
        using ChannelsLastView values = convolution.Values;
        AssertClose(expected, values.ToImage());
        using ChannelsLastView rows = ChannelsLastView.Of(gradient);
        using ChannelsLastView back = convolution.Backward(rows, part)!;
        AssertClose(exact.grad!, back.ToImage());
        AssertClose(exactWeight.grad!, layer.Weight.grad!);

        // What is there is added to.
        convolution.Backward(rows, part)!.Dispose();
        AssertClose(exactWeight.grad! * 2, layer.Weight.grad!);
    }

    private static LayerParameters Layer(Tensor weight, int outputs)
    {
        Tensor last = Last(weight);
        last.requires_grad = true;
        last.grad = Last(zeros(weight.shape));
        return new LayerParameters(last, Random(outputs), Random(outputs));
    }

    private static Tensor Last(Tensor weight) => weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).detach();

    private static Tensor Random(params long[] shape) => rand(shape, generator: new Generator((ulong)shape.Sum())).mul(2).sub(1);

    private static float[] Floats(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        double most = expected.abs().max().item<double>();
        double difference = (expected - actual.to(ScalarType.Float64)).abs().max().item<double>();
        Assert.True(difference <= 1e-6 + (1e-5 * most), $"Differs by {difference} of {most}.");
    }
}
