using MedSeg.Network.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>Softmax, and its gradient, against torch in double precision.</summary>
public sealed unsafe class SoftmaxKernelTests
{
    [Theory]
    [InlineData(1, 1, 1, 2)]
    [InlineData(2, 33, 47, 3)]
    [InlineData(1, 40, 40, 7)]
    [InlineData(1, 5, 5, 40)]
    public void Probabilities_and_gradients_are_torch_s(int images, int rows, int columns, int channels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn([images, channels, rows, columns], generator: new Generator(1)).mul(6);
        Tensor one = randn(x.shape, generator: new Generator(2));
        Tensor two = randn(x.shape, generator: new Generator(3));
        Tensor exact = x.to(ScalarType.Float64).requires_grad_();
        Tensor expected = exact.softmax(1);
        expected.backward([one.add(two).to(ScalarType.Float64)]);

        using var arena = new ImageArena();
        using var values = ChannelsLastView.Of(x.clone());
        using var first = ChannelsLastView.Of(one);
        using var second = ChannelsLastView.Of(cat([two, two], 1).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).narrow(1, 0, channels));
        using ChannelsLastView gradient = values.EmptyLike(arena);
        float[] bias = new float[channels];
        SoftmaxKernel.Forward(values);
        fixed (float* start = bias)
        {
            SoftmaxKernel.Backward((first, second), values, gradient, start);
        }

        AssertClose(expected, values.ToImage(), 1e-6);
        AssertClose(exact.grad!, gradient.ToImage(), 1e-5);
        Tensor expectedBias = exact.grad!.sum([0, 2, 3]);
        Assert.All(bias.Zip(expectedBias.data<double>()), pair => Assert.Equal(pair.Second, pair.First, 1e-3));
    }

    [Fact]
    public void Values_that_differ_by_any_amount_give_finite_probabilities_and_NaN_stays_NaN()
    {
        using DisposeScope scope = NewDisposeScope();
        using var values = ChannelsLastView.Of(tensor(new[] { 1e30f, -1e30f, 0f, 88f, -88f, 0f, float.NaN, 1f, 2f }, [1, 3, 3, 1]).permute(0, 2, 1, 3));

        SoftmaxKernel.Forward(values);

        float[] p = values.ToImage().permute(0, 2, 3, 1).contiguous().data<float>().ToArray();
        Assert.Equal([1, 0, 0, 1, 0, 0], p[..6].Select(value => MathF.Round(value, 6)));
        Assert.All(p[6..], value => Assert.True(float.IsNaN(value)));
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance) =>
        Assert.True(expected.sub(actual.to(ScalarType.Float64)).abs().max().item<double>() < tolerance);
}
