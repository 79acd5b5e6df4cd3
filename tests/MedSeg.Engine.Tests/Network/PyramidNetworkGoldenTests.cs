using MedSeg.Devices;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Network.Pyramid;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>The network, loss and optimiser against the published program's own numbers.</summary>
public class PyramidNetworkGoldenTests
{
    public static TheoryData<string> Cases => ["pyramid_32_2", "pyramid_64_6"];

    // With torch's operations as on a GPU (null), and with each way of convolving on the CPU.
    public static TheoryData<string, string?> CasesByAllWays
    {
        get
        {
            var data = new TheoryData<string, string?>();
            foreach (string name in (string[])["pyramid_32_2", "pyramid_64_6"])
            {
                data.Add(name, null);
                Enum.GetNames<ConvolutionPath>().ToList().ForEach(path => data.Add(name, path));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parameters_have_the_published_names_shapes_and_count(string name)
    {
        var golden = new GoldenCase(name);

        IReadOnlyList<ParameterShape> parameters = PyramidLayout.Parameters(golden.Options);

        Assert.Equal(golden.ParameterCount, parameters.Sum(p => p.Length));
        var expected = golden.Weights().Tensors.Select(t => $"{t.Key} [{string.Join(",", t.Value.Shape)}]");
        Assert.Equal(expected.Order(), parameters.Select(p => $"{p.Name} [{string.Join(",", p.Shape)}]").Order());
    }

    [Fact]
    public void Network_of_256_pixels_and_6_ROIs_has_6368414_parameters() =>
        Assert.Equal(6_368_414, NetworkLayouts.CountParameters(NetworkOptions.Published(256, 6)));

    [Theory]
    [MemberData(nameof(CasesByAllWays))]
    public void Both_stages_give_the_published_probabilities(string name, string? path)
    {
        var golden = new GoldenCase(name);
        using var scope = torch.NewDisposeScope();
        using PyramidNetwork network = Load(golden, path);

        IReadOnlyList<NetworkOutput> outputs = network.Forward(golden.Floats("input.npy"), training: false);
        (torch.Tensor stage1, torch.Tensor stage2) = (outputs[0].Probabilities, outputs[1].Probabilities);

        Assert.InRange(LargestDifference(stage1, golden.Floats("stage1.npy")), 0, 1e-4);
        Assert.InRange(LargestDifference(stage2, golden.Floats("stage2.npy")), 0, 1e-4);
        torch.Tensor counts = torch.bincount(stage2.argmax(1).flatten(), minlength: golden.RoiCount + 1);
        Assert.Equal(golden.ArgmaxCounts, counts.data<long>().ToArray());
    }

    [Theory]
    [MemberData(nameof(CasesByAllWays))]
    public void Gradients_have_the_published_norms(string name, string? path)
    {
        var golden = new GoldenCase(name);
        using var scope = torch.NewDisposeScope();
        using PyramidNetwork network = Load(golden, path);

        using TrainingPass pass = network.Train(golden.Floats("input.npy"));
        pass.Backward(SegmentationLoss.Compute(LossFunction.Dice, pass.Outputs, new LossTargets(golden.Labels(), network.Options.RoiCount)));

        Assert.Equal(network.Parameters.Shapes.Count, golden.GradientNorms.Count);
        foreach ((string parameter, double expected) in golden.GradientNorms)
        {
            double norm = network.Parameters[parameter].grad!.norm().item<float>();
            Assert.True(Math.Abs(norm - expected) <= 0.01 * expected, $"{parameter}: norm {norm}, expected {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(CasesByAllWays))]
    public void Five_Adam_steps_give_the_published_losses(string name, string? path)
    {
        var golden = new GoldenCase(name);
        using var scope = torch.NewDisposeScope();
        using PyramidNetwork network = Load(golden, path);
        using var optimizer = new AdamOptimizer(network.Parameters);
        torch.Tensor input = golden.Floats("input.npy");
        torch.Tensor labels = golden.Labels();

        for (int step = 0; step < golden.Losses.Length; step++)
        {
            optimizer.ZeroGradients();
            using TrainingPass pass = network.Train(input);
            torch.Tensor loss = SegmentationLoss.Compute(LossFunction.Dice, pass.Outputs, new LossTargets(labels, network.Options.RoiCount));
            pass.Backward(loss);
            optimizer.Step(golden.LearningRate);

            double tolerance = step == 0 ? 1e-5 : 1e-4;
            Assert.InRange(loss.item<float>(), golden.Losses[step] - tolerance, golden.Losses[step] + tolerance);
        }
    }

    private static PyramidNetwork Load(GoldenCase golden, string? path)
    {
        if (path is null)
        {
            return golden.LoadNetwork(byTorch: true);
        }

        ConvolutionPath convolutions = Enum.Parse<ConvolutionPath>(path);
        Assert.SkipUnless(CpuFeatures.HasOwnConvolutions || convolutions is ConvolutionPath.Torch, "This CPU has no AVX2 and FMA, which MedSeg's own convolutions require.");
        return golden.LoadNetwork(byTorch: false, convolutions);
    }

    private static float LargestDifference(torch.Tensor actual, torch.Tensor expected) =>
        (actual - expected).abs().max().item<float>();
}
