using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Training.Optimization;

/// <summary>Adam in one pass against torch's operations.</summary>
public sealed class AdamOptimizerTests
{
    [Fact]
    public void Steps_are_those_of_torch_s_operations()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();

        // An odd number of values, so that some are left over.
        NetworkOptions architecture = NetworkOptions.Published(32, 2) with { BaseWidth = 3 };
        using var network = new PyramidNetwork(architecture, torch.CPU);
        using var other = new PyramidNetwork(architecture, torch.CPU);
        network.Parameters.Initialize(seed: 1);
        other.Parameters.Initialize(seed: 1);
        using var optimizer = new AdamOptimizer(network.Parameters);
        using var byTorch = new AdamOptimizer(other.Parameters);
        torch.Tensor before = network.Parameters.Values.clone();
        Assert.NotEqual(0, before.NumberOfElements % 16);
        using var generator = new torch.Generator(2, torch.CPU);
        for (int step = 1; step <= 5; step++)
        {
            // Of very different sizes, some zero.
            torch.Tensor gradients = torch.randn(before.shape, generator: generator).pow(3).relu();
            network.Parameters.Gradients.copy_(gradients);
            optimizer.Step(1e-3);
            byTorch.StepByTorch(gradients, 1e-3 / (1 - Math.Pow(0.9, step)), Math.Sqrt(1 - Math.Pow(0.999, step)));

            AssertClose(other.Parameters.Values, network.Parameters.Values);
            AssertClose(byTorch.FirstMoment, optimizer.FirstMoment);
            AssertClose(byTorch.SecondMoment, optimizer.SecondMoment);
        }

        Assert.True((network.Parameters.Values - before).abs().max().item<float>() > 1e-3);
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual) =>
        Assert.True(torch.allclose(actual, expected, rtol: 1e-5, atol: 1e-8), $"Differs by up to {(actual - expected).abs().max().item<float>()}.");
}
