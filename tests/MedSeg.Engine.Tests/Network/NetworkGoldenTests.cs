using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>The U-Net and the pyramid with normalization against PyTorch's numbers, in each way that MedSeg computes them.</summary>
public sealed class NetworkGoldenTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<string, ComputedBy> Cases
    {
        get
        {
            var cases = new TheoryData<string, ComputedBy>();
            foreach (string name in (string[])["unet_32_2", "pyramidnorm_32_1"])
            {
                foreach (ComputedBy by in Enum.GetValues<ComputedBy>())
                {
                    cases.Add(name, by);
                }
            }

            return cases;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("unet_32_2")]
    [InlineData("pyramidnorm_32_1")]
    public void Parameters_have_the_names_and_shapes_of_the_PyTorch_module(string name)
    {
        var golden = new NetworkGolden(name);

        IReadOnlyList<ParameterShape> parameters = NetworkLayouts.Parameters(golden.Options);

        Assert.Equal(golden.ParameterCount, NetworkLayouts.CountParameters(golden.Options));
        var expected = golden.Weights().Select(t => $"{t.Key} [{string.Join(",", t.Value.Shape)}]");
        Assert.Equal(expected.Order(), parameters.Select(p => $"{p.Name} [{string.Join(",", p.Shape)}]").Order());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_are_those_of_PyTorch(string name, ComputedBy by)
    {
        var golden = new NetworkGolden(name);
        using SegmentationNetwork network = golden.Load(by);

        using TrainingPass pass = network.Train(golden.Floats("input.npy"));
        torch.Tensor inference = network.Predict(golden.Floats("input.npy"));
        torch.Tensor wide = network.Predict(golden.Floats("wide.npy"));

        Assert.Equal(2, pass.Outputs.Count);
        AssertSame(golden.Floats("output0.npy"), pass.Outputs[0].Probabilities);
        AssertSame(golden.Floats("output1.npy"), pass.Outputs[1].Probabilities);
        AssertSame(golden.Floats("output1.npy"), inference);
        AssertSame(golden.Floats("wide_output.npy"), wide);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_gradients_and_Adam_steps_are_those_of_PyTorch(string name, ComputedBy by)
    {
        var golden = new NetworkGolden(name);
        using SegmentationNetwork network = golden.Load(by);
        using var optimizer = new AdamOptimizer(network.Parameters);
        double[] losses = golden.Losses;
        for (int step = 0; step < losses.Length; step++)
        {
            optimizer.ZeroGradients();
            using TrainingPass pass = network.Train(golden.Floats("input.npy"));
            torch.Tensor loss = SegmentationLoss.Compute(LossFunction.DiceCrossEntropy, pass.Outputs, new LossTargets(golden.Labels(), network.Options.RoiCount));
            pass.Backward(loss);
            Assert.Equal(losses[step], loss.item<float>(), step == 0 ? 2e-6 : 2e-5);
            if (step == 0)
            {
                AssertGradients(golden, network);
            }

            optimizer.Step(1e-3);
            if (step == 0)
            {
                AssertParameters(golden, network);
            }
        }
    }

    // The norm, and the product with a vector that no exchange of values leaves unchanged.
    private static void AssertGradients(NetworkGolden golden, SegmentationNetwork network)
    {
        Dictionary<string, (double Norm, double Product)> expected = golden.Gradients;
        Assert.Equal(expected.Count, network.Parameters.Shapes.Count);
        foreach ((string name, (double norm, double product)) in expected)
        {
            float[] gradient = Values(network.Parameters[name].grad!);
            double foundNorm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            double found = Product(gradient);
            Assert.True(Math.Abs(foundNorm - norm) <= 1e-4 * norm, $"{name}: the norm is {foundNorm}, expected {norm}");
            Assert.True(Math.Abs(found - product) <= 1e-4 * norm, $"{name}: the product is {found}, expected {product}");
        }
    }

    // Adam's first step is the learning rate times the sign of the gradient, but for gradients near zero.
    private static void AssertParameters(NetworkGolden golden, SegmentationNetwork network)
    {
        foreach ((string name, double expected) in golden.AfterStep)
        {
            double found = Product(Values(network.Parameters[name]));
            Assert.True(Math.Abs(found - expected) <= 5e-5, $"{name}: the product is {found}, expected {expected}");
        }
    }

    private static float[] Values(torch.Tensor tensor) => [.. tensor.detach().contiguous().data<float>()];

    private static double Product(float[] values) => values.Select((value, i) => value * Math.Cos(i + 1)).Sum();

    // The ROIs, without background.
    private static void AssertSame(torch.Tensor expected, torch.Tensor actual)
    {
        torch.Tensor rois = actual.detach().narrow(1, 1, expected.shape[1]);
        Assert.Equal(expected.shape, rois.shape);
        Assert.InRange((rois - expected).abs().max().item<float>(), 0, 1e-5);
    }
}
