using MedSeg.Network.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>Bilinear interpolation, and its gradient, against torch in double precision.</summary>
public sealed class BilinearKernelTests
{
    [Theory]
    [InlineData(8, 12, 4, 6, 5)]
    [InlineData(8, 12, 16, 24, 7)]
    [InlineData(8, 12, 16, 24, 1)]
    [InlineData(1, 2, 2, 4, 3)]
    [InlineData(9, 7, 5, 13, 8)]
    [InlineData(9, 7, 5, 13, 21)]
    [InlineData(6, 6, 6, 6, 4)]
    public void Values_and_gradients_are_torch_s(int rows, int columns, int toRows, int toColumns, int channels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn([3, channels, rows, columns], generator: new Generator(1));
        Tensor one = randn([3, channels, toRows, toColumns], generator: new Generator(2));
        Tensor two = randn(one.shape, generator: new Generator(3));
        Tensor exact = x.to(ScalarType.Float64).requires_grad_();
        Tensor expected = nn.functional.interpolate(exact, [toRows, toColumns], mode: InterpolationMode.Bilinear, align_corners: false);
        expected.backward([one.add(two).to(ScalarType.Float64)]);

        using var arena = new ImageArena();
        using var image = ChannelsLastView.Of(x);
        using var resized = ChannelsLastView.Empty(arena, 3, toRows, toColumns, channels);
        using var first = ChannelsLastView.Of(one);
        using var second = ChannelsLastView.Of(cat([two, two], 1).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).narrow(1, 0, channels));
        using ChannelsLastView gradient = image.EmptyLike(arena);
        BilinearKernel.Forward(image, resized);
        BilinearKernel.Backward((first, second), gradient);

        Assert.True(expected.sub(resized.ToImage().to(ScalarType.Float64)).abs().max().item<double>() < 1e-5);
        Assert.True(exact.grad!.sub(gradient.ToImage().to(ScalarType.Float64)).abs().max().item<double>() < 1e-5);
    }
}
