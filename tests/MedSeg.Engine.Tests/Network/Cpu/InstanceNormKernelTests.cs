using MedSeg.Network.Cpu;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>Instance normalization against torch in double precision.</summary>
public sealed unsafe class InstanceNormKernelTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, 1, 4, 4, 0)]
    [InlineData(2, 3, 5, 7, 0)]
    [InlineData(2, 16, 64, 48, 0)]
    [InlineData(3, 24, 33, 65, 0)]
    [InlineData(1, 512, 4, 4, 0)]
    [InlineData(2, 17, 40, 40, 100)] // A mean far from zero: squares of the values would lose the variance.
    public void Values_and_gradients_are_those_of_torch(int images, int channels, int rows, int columns, double offset)
    {
        using var generator = new torch.Generator(5);
        torch.Tensor x = torch.randn([images, channels, rows, columns], generator: generator) + offset;
        torch.Tensor gradient = torch.randn([images, channels, rows, columns], generator: generator);
        torch.Tensor scale = torch.rand([channels], generator: generator) + 0.5;
        torch.Tensor shift = torch.randn([channels], generator: generator);
        (torch.Tensor expected, torch.Tensor[] gradients) = ByTorch(x, scale, shift, gradient);

        using var values = ChannelsLastView.Of(x);
        using var result = ChannelsLastView.Empty(images, rows, columns, channels);
        using var back = ChannelsLastView.Of(gradient);
        torch.Tensor scaleGradient = torch.ones(channels);
        torch.Tensor shiftGradient = torch.ones(channels);
        var kernel = new InstanceNormKernel(values);
        kernel.Forward(TensorMemory.Start(scale), TensorMemory.Start(shift), result);
        kernel.Backward(back, TensorMemory.Start(scale), TensorMemory.Start(scaleGradient), TensorMemory.Start(shiftGradient));

        double tolerance = offset > 0 ? 1e-4 : 1e-5;
        AssertClose(expected, result.ToImage(), tolerance);
        AssertClose(gradients[0], back.ToImage(), tolerance);
        AssertClose(gradients[1], scaleGradient - 1, tolerance);
        AssertClose(gradients[2], shiftGradient - 1, tolerance);
    }

    [Fact]
    public void Constant_image_becomes_the_shift()
    {
        using var x = ChannelsLastView.Of(torch.full([1, 3, 8, 8], 7));
        using var result = ChannelsLastView.Empty(1, 8, 8, 3);
        torch.Tensor scale = torch.ones(3);
        torch.Tensor shift = torch.tensor(new float[] { 1, 2, 3 });

        new InstanceNormKernel(x).Forward(TensorMemory.Start(scale), TensorMemory.Start(shift), result);

        AssertClose(shift.view(1, 3, 1, 1).expand(1, 3, 8, 8), result.ToImage(), 1e-4);
    }

    private static (torch.Tensor Values, torch.Tensor[] Gradients) ByTorch(torch.Tensor x, torch.Tensor scale, torch.Tensor shift, torch.Tensor gradient)
    {
        torch.Tensor[] inputs = [.. new[] { x, scale, shift }.Select(t => t.to(torch.ScalarType.Float64).requires_grad_())];
        torch.Tensor mean = inputs[0].mean([2, 3], keepdim: true);
        torch.Tensor variance = (inputs[0] - mean).square().mean([2, 3], keepdim: true);
        torch.Tensor y = ((inputs[0] - mean) / (variance + 1e-5).sqrt() * inputs[1].view(1, -1, 1, 1)) + inputs[2].view(1, -1, 1, 1);
        y.backward([gradient.to(torch.ScalarType.Float64)]);
        return (y.detach(), [.. inputs.Select(input => input.grad!)]);
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual, double tolerance)
    {
        double most = Math.Max(1, expected.abs().max().to(torch.ScalarType.Float64).item<double>());
        Assert.InRange((actual.to(torch.ScalarType.Float64) - expected).abs().max().to(torch.ScalarType.Float64).item<double>(), 0, tolerance * most);
    }
}
