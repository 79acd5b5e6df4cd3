using MedSeg.Devices;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>Images that are computed again in the backward pass: less memory, the same gradients.</summary>
public sealed class SavedMemoryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, 1, 0.3, Precision.Float32)]
    [InlineData(NetworkArchitecture.Pyramid, 2, 0, Precision.Float32)]
    [InlineData(NetworkArchitecture.PyramidNorm, 1, 0.3, Precision.Float32)]
    [InlineData(NetworkArchitecture.UNet, 3, 0.2, Precision.Float32)]
    [InlineData(NetworkArchitecture.Pyramid, 1, 0.3, Precision.BFloat16)]
    [InlineData(NetworkArchitecture.PyramidNorm, 1, 0.3, Precision.BFloat16)]
    [InlineData(NetworkArchitecture.UNet, 3, 0.2, Precision.BFloat16)]
    public void Gradients_are_bit_identical_with_less_memory(NetworkArchitecture architecture, int channels, double dropoutRate, Precision precision)
    {
        NetworkOptions options = NetworkOptions.Published(128, 3) with { Architecture = architecture, BaseWidth = 16, Channels = channels, DropoutRate = dropoutRate };
        manual_seed(5);
        Tensor image = rand(3, channels, 128, 128);
        Tensor labels = randint(0, 4, [3, 128, 128], ScalarType.Byte);

        (float[] expected, long all) = Train(options, image, labels, ComputedBy.CpuWinograd, savesMemory: false, precision);
        (float[] gradients, long saved) = Train(options, image, labels, ComputedBy.CpuWinograd, savesMemory: true, precision);

        Assert.Equal(expected, gradients);
        Assert.True(saved < 0.9 * all, $"{saved} of {all} bytes, {(double)saved / all:P0}.");
    }

    // Images that are kept, and their gradients: in units of the images of the first level, which have 16 channels.
    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, 24.5)]
    [InlineData(NetworkArchitecture.PyramidNorm, 42)]
    [InlineData(NetworkArchitecture.UNet, 21.8)]
    public void Images_take_no_more_memory_than_the_backward_pass_needs(NetworkArchitecture architecture, double images)
    {
        NetworkOptions options = NetworkOptions.Published(128, 3) with { Architecture = architecture, BaseWidth = 16 };
        Tensor image = rand(3, 1, 128, 128);
        Tensor labels = randint(0, 4, [3, 128, 128], ScalarType.Byte);

        (_, long memory) = Train(options, image, labels, ComputedBy.CpuWinograd, savesMemory: false);

        Assert.InRange(memory / (3.0 * 128 * 128 * 16 * sizeof(float)), 0, images);
    }

    [Fact]
    public void Torch_s_convolutions_are_not_affected()
    {
        NetworkOptions options = NetworkOptions.Published(64, 2) with { BaseWidth = 4, DropoutRate = 0 };
        Tensor image = rand(1, 1, 64, 64);
        Tensor labels = randint(0, 3, [1, 64, 64], ScalarType.Byte);

        (float[] expected, _) = Train(options, image, labels, ComputedBy.CpuWithTorch, savesMemory: false);
        (float[] gradients, _) = Train(options, image, labels, ComputedBy.CpuWithTorch, savesMemory: true);

        Assert.Equal(expected, gradients);
    }

    // The gradients of the second of two steps, and the memory of images.
    private static (float[] Gradients, long Memory) Train(NetworkOptions options, Tensor image, Tensor labels, ComputedBy path, bool savesMemory, Precision precision = Precision.Float32)
    {
        using SegmentationNetwork network = NetworkPaths.Create(options, path, precision);
        network.SavesMemory = savesMemory;
        network.Parameters.Initialize(seed: 1);
        network.Reseed(7);
        for (int i = 0; i < 2; i++)
        {
            network.Parameters.Gradients.zero_();
            using TrainingPass pass = network.Train(image);
            _ = CpuLoss.Compute(LossFunction.DiceCrossEntropy, pass.Outputs, labels, null, out IReadOnlyList<Tensor> gradients);
            pass.Backward(gradients);
        }

        return (network.Parameters.Gradients.data<float>().ToArray(), network.ImageMemory);
    }
}
