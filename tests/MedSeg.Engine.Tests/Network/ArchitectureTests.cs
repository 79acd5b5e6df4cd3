using MedSeg.Errors;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Network.UNet;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>What holds for every architecture, size, width and number of ROIs and channels.</summary>
public sealed class ArchitectureTests : IDisposable
{
    private static readonly long[] s_seeds = [3, 4, 5, 6, 7, 8, 9, 10];
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<NetworkArchitecture> All => [.. Enum.GetValues<NetworkArchitecture>()];

    public static TheoryData<NetworkArchitecture, int, int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<NetworkArchitecture, int, int, int, int>();
            foreach (NetworkArchitecture architecture in Enum.GetValues<NetworkArchitecture>())
            {
                // Input size, base width, ROIs and channels; 48 and 80 are no powers of two, 3 and 5 no multiples of a vector's length.
                shapes.Add(architecture, 32, 3, 1, 1);
                shapes.Add(architecture, 48, 5, 4, 2);
                shapes.Add(architecture, 80, 2, 2, 1);
                shapes.Add(architecture, 64, 8, 9, 3);
            }

            return shapes;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Loss_and_all_gradients_are_those_of_torch_in_each_way_to_compute_them(NetworkArchitecture architecture, int size, int width, int rois, int channels)
    {
        NetworkOptions options = Options(architecture, size, width, rois, channels);
        foreach (ComputedBy by in (ComputedBy[])[ComputedBy.CpuWithTorch, ComputedBy.CpuDirect, ComputedBy.CpuWinograd])
        {
            // Where rounding decides the sign of a value, its gradient is another; with all seeds only a wrong gradient is wrong.
            double error = s_seeds.Select(seed => Difference(options, by, seed)).FirstOrDefault(difference => difference <= 1e-3, double.NaN);

            Assert.False(double.IsNaN(error), $"{by}: the gradients are not torch's with any of the seeds.");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Probabilities_add_up_to_one_at_any_multiple_of_the_stride(NetworkArchitecture architecture, int size, int width, int rois, int channels)
    {
        using SegmentationNetwork network = Drawn(Options(architecture, size, width, rois, channels), ComputedBy.CpuWithTorch);
        foreach ((int rows, int columns) in ((int, int)[])[(size, size), (2 * network.Stride, 3 * network.Stride)])
        {
            torch.Tensor probabilities = network.Predict(torch.rand(2, channels, rows, columns));

            Assert.Equal([2, rois + 1, rows, columns], probabilities.shape);
            Assert.InRange((probabilities.sum(1) - 1).abs().max().item<float>(), 0, 1e-5);
        }

        Assert.Throws<ArgumentException>(() => network.Predict(torch.rand(1, channels, network.Stride + 1, network.Stride)));
        Assert.Throws<ArgumentException>(() => network.Predict(torch.rand(1, channels + 1, size, size)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_is_left_of_a_pass(NetworkArchitecture architecture)
    {
        using SegmentationNetwork network = Drawn(Options(architecture, 32, 3, 2, 1), ComputedBy.CpuWithTorch);
        long Use()
        {
            using DisposeScope scope = torch.NewDisposeScope();
            _ = Run(network);
            _ = network.Predict(torch.rand(1, 1, 32, 32));
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        _ = Use();
        long before = Use();

        Assert.Equal(before, Use());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Weights_of_the_outputs_add_up_to_two_and_the_last_output_is_the_result(NetworkArchitecture architecture)
    {
        using SegmentationNetwork network = Drawn(Options(architecture, 64, 2, 2, 1), ComputedBy.CpuWithTorch);
        torch.Tensor image = torch.rand(1, 1, 64, 64);

        using TrainingPass pass = network.Train(image);

        Assert.Equal(2, pass.Outputs.Sum(output => output.Weight), 1e-12);
        Assert.InRange((pass.Outputs[^1].Probabilities - network.Predict(image)).abs().max().item<float>(), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Initial_values_depend_on_the_seed_only(NetworkArchitecture architecture)
    {
        NetworkOptions options = Options(architecture, 32, 3, 2, 1);
        using SegmentationNetwork one = Drawn(options, ComputedBy.Torch);
        using SegmentationNetwork same = Drawn(options, ComputedBy.CpuWithTorch);
        using SegmentationNetwork other = Drawn(options, ComputedBy.CpuWithTorch, seed: 4);

        Assert.Equal(Values(one), Values(same));
        Assert.NotEqual(Values(one), Values(other));
    }

    [Fact]
    public void UNet_starts_as_Kaiming_He_says()
    {
        using SegmentationNetwork network = Drawn(Options(NetworkArchitecture.UNet, 64, 16, 2, 1), ComputedBy.Torch);

        // Inputs times taps: 32 channels of 3 × 3, and as PyTorch counts it 16 outputs of 2 × 2.
        Assert.Equal(Math.Sqrt(2 / 1.0001 / (32 * 9)), Deviation(network, "encoders.1.convolutions.1.weight"), 0.002);
        Assert.Equal(Math.Sqrt(2 / 1.0001 / (16 * 4)), Deviation(network, "ups.0.weight"), 0.006);
        Assert.All(network.Parameters["encoders.1.norms.0.weight"].data<float>(), value => Assert.Equal(1, value));
        Assert.All(network.Parameters["ups.0.bias"].data<float>(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(16, 3, new[] { 2.0 })]
    [InlineData(32, 4, new[] { 4 / 3.0, 2 / 3.0 })]
    [InlineData(48, 4, new[] { 4 / 3.0, 2 / 3.0 })]
    [InlineData(64, 5, new[] { 8 / 7.0, 4 / 7.0, 2 / 7.0 })]
    [InlineData(144, 5, new[] { 8 / 7.0, 4 / 7.0, 2 / 7.0 })]
    [InlineData(256, 7, new[] { 32 / 31.0, 16 / 31.0, 8 / 31.0, 4 / 31.0, 2 / 31.0 })]
    public void Depth_of_a_UNet_follows_from_the_input_size(int size, int levels, double[] weights)
    {
        Assert.Equal(levels, UNetLayout.Levels(size));
        Assert.All(weights.Zip(UNetLayout.OutputWeights(levels)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(weights.Length, UNetLayout.OutputWeights(levels).Length);
    }

    [Fact]
    public void UNet_has_at_most_512_features() =>
        Assert.Equal([32, 64, 128, 256, 512, 512, 512], UNetLayout.Widths(Options(NetworkArchitecture.UNet, 256, 32, 2, 1)));

    [Fact]
    public void Pyramid_that_would_normalize_one_pixel_is_refused()
    {
        var error = Assert.Throws<MedSegException>(() => NetworkLayouts.Parameters(Options(NetworkArchitecture.PyramidNorm, 16, 2, 1, 1)));

        Assert.Equal("InputSizeInvalid", error.ErrorId);
        Assert.NotEmpty(NetworkLayouts.Parameters(Options(NetworkArchitecture.UNet, 16, 2, 1, 1)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Summary_has_all_parameters_and_the_shapes_of_the_outputs(NetworkArchitecture architecture)
    {
        NetworkOptions options = Options(architecture, 64, 4, 3, 1);

        IReadOnlyList<NetworkLayer> layers = NetworkSummary.Of(options);

        Assert.Equal(NetworkLayouts.CountParameters(options), layers.Sum(layer => layer.Parameters));
        Assert.Equal(layers.Count, layers.Select(layer => layer.Name).Distinct().Count());
        NetworkLayer output = layers.Single(layer => layer.Name is "stage2.map.0" or "outputs.0");
        Assert.Equal(("Conv 1×1", "4 × 64 × 64"), (output.Kind, output.OutputShape));
        NetworkLayer up = layers.Single(layer => layer.Name is "stage2.up_conv1.0" or "ups.2");
        Assert.Equal("ConvTranspose 2×2, stride 2", up.Kind);
        Assert.Equal(architecture == NetworkArchitecture.UNet ? "16 × 16 × 16" : "32 × 16 × 16", up.OutputShape);
        Assert.Equal(architecture != NetworkArchitecture.Pyramid, layers.Any(layer => layer.Kind == "InstanceNorm"));
    }

    private static NetworkOptions Options(NetworkArchitecture architecture, int size, int width, int rois, int channels) =>
        new() { Architecture = architecture, InputSize = size, BaseWidth = width, RoiCount = rois, Channels = channels, DropoutRate = 0 };

    private static SegmentationNetwork Drawn(NetworkOptions options, ComputedBy by, long seed = 3)
    {
        SegmentationNetwork network = NetworkPaths.Create(options, by);
        network.Parameters.Initialize(seed);
        return network;
    }

    // The largest difference of a gradient from torch's, relative to the largest gradient of its parameter.
    private static double Difference(NetworkOptions options, ComputedBy by, long seed)
    {
        (double expectedLoss, Dictionary<string, float[]> expected) = Differentiate(options, ComputedBy.Torch, seed);
        (double loss, Dictionary<string, float[]> gradients) = Differentiate(options, by, seed);
        Assert.Equal(expectedLoss, loss, 1e-5);
        return expected.Max(parameter => parameter.Value.Zip(gradients[parameter.Key], (wanted, found) => Math.Abs(wanted - found)).Max() / (1e-3 + parameter.Value.Max(Math.Abs)));
    }

    private static (double Loss, Dictionary<string, float[]> Gradients) Differentiate(NetworkOptions options, ComputedBy by, long seed)
    {
        using SegmentationNetwork network = Drawn(options, by, seed);
        double loss = Run(network);
        return (loss, network.Parameters.Split(network.Parameters.Gradients).ToDictionary(p => p.Key, p => p.Value.AsFloats().ToArray()));
    }

    private static double Run(SegmentationNetwork network)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        (int size, int rois, int channels) = (network.Options.InputSize, network.Options.RoiCount, network.Options.Channels);
        using var generator = new torch.Generator(7);
        torch.Tensor image = torch.rand([2, channels, size, size], generator: generator);
        torch.Tensor labels = (torch.arange(0, 2 * size * size, torch.ScalarType.Int64).div(7, torch.RoundingMode.floor) % (rois + 1)).to(torch.ScalarType.Byte).view(2, size, size);
        using TrainingPass pass = network.Train(image);
        torch.Tensor loss = SegmentationLoss.Compute(LossFunction.DiceCrossEntropy, pass.Outputs, new LossTargets(labels, network.Options.RoiCount));
        pass.Backward(loss);
        return loss.item<float>();
    }

    private static float[] Values(SegmentationNetwork network) => [.. network.Parameters.Values.data<float>()];

    private static double Deviation(SegmentationNetwork network, string name) => network.Parameters[name].std().item<float>();
}
