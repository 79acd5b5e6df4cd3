using MedSeg.Devices;
using MedSeg.Network.Cpu;
using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>A network that keeps its weights in the order of the convolutions, as in segmentation.</summary>
public sealed class KeptWeightsTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<NetworkArchitecture, ComputedBy> All => new MatrixTheoryData<NetworkArchitecture, ComputedBy>(
        Enum.GetValues<NetworkArchitecture>(), [ComputedBy.CpuDirect, ComputedBy.CpuWinograd, ComputedBy.CpuWithTorch]);

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Probabilities_are_bit_identical_for_every_batch_and_size(NetworkArchitecture architecture, ComputedBy by)
    {
        using SegmentationNetwork fresh = Create(architecture, by);
        using SegmentationNetwork keeping = Create(architecture, by);
        keeping.KeepWeights();

        // The first batch prepares the weights, the others use them; a batch of another size computes other tiles.
        foreach ((int images, int side) in ((int, int)[])[(1, 32), (3, 32), (2, 64), (1, 32)])
        {
            torch.Tensor batch = torch.rand(images, 2, side, side);

            Assert.Equal(Floats(fresh.Predict(batch)), Floats(keeping.Predict(batch)));
        }
    }

    [Fact]
    public void Weights_are_prepared_once()
    {
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernels: it has no AVX2 and FMA.");
        using SegmentationNetwork network = Create(NetworkArchitecture.Pyramid, ComputedBy.CpuWinograd);
        network.KeepWeights();
        torch.Tensor batch = torch.rand(1, 2, 32, 32);
        float[] before = Floats(network.Predict(batch));

        // Nobody may do this; the old result shows that the weights are not read again.
        using (torch.no_grad())
        {
            network.Parameters["stage2.encoder2.0.weight"].zero_();
        }

        Assert.Equal(before, Floats(network.Predict(batch)));
    }

    [Fact]
    public void Network_that_keeps_its_weights_cannot_be_trained()
    {
        using SegmentationNetwork network = Create(NetworkArchitecture.Pyramid, ComputedBy.CpuDirect);
        network.KeepWeights();

        var error = Assert.Throws<InvalidOperationException>(() => network.Train(torch.rand(1, 2, 32, 32)));

        Assert.Contains("cannot be trained", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 0, 5)]
    [InlineData(2, 1, 3)]
    [InlineData(1, 0, 1)]
    public void Planes_are_the_values_in_the_order_of_files(int images, int first, int channels)
    {
        torch.Tensor image = torch.rand(images, 5, 40, 7);
        using ChannelsLastView all = ChannelsLastView.Of(image);
        using ChannelsLastView part = all.Part(first, channels);

        torch.Tensor planes = part.ToPlanes();

        Assert.True(planes.is_contiguous());
        Assert.Equal([images, channels, 40, 7], planes.shape);
        Assert.Equal(Floats(image.narrow(1, first, channels)), Floats(planes));
    }

    private static SegmentationNetwork Create(NetworkArchitecture architecture, ComputedBy by)
    {
        SegmentationNetwork network = NetworkPaths.Create(new NetworkOptions { Architecture = architecture, InputSize = 32, BaseWidth = 5, RoiCount = 3, Channels = 2 }, by);
        network.Parameters.Initialize(seed: 3);
        return network;
    }

    private static float[] Floats(torch.Tensor values) => TensorMemory.Of(values.contiguous()).ToArray();
}
