using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Tests.Training;

public class TrainingSnapshotTests
{
    [Fact]
    public void Weights_moments_average_and_counters_are_restored()
    {
        using var network = new PyramidNetwork(NetworkOptions.Published(16, 2) with { BaseWidth = 1 }, torch.CPU);
        using var optimizer = new AdamOptimizer(network.Parameters);
        using var average = new WeightAverage(network.Parameters, 0.9);
        var scaler = new GradientScaler();
        using var snapshot = new TrainingSnapshot(network.Parameters, optimizer, average, scaler);
        torch.Tensor[] all = [network.Parameters.Values, optimizer.FirstMoment, optimizer.SecondMoment, average.Values];
        Fill(all, 1);
        optimizer.Steps = 7;
        GradientScale scale = scaler.State;
        snapshot.Take();

        Fill(all, float.NaN);
        optimizer.Steps = 8;
        scaler.State = new GradientScale(2, 3);
        snapshot.Restore();

        Assert.Equal([1, 2, 3, 4], all.Select(tensor => tensor.max().item<float>()));
        Assert.Equal([1, 2, 3, 4], all.Select(tensor => tensor.min().item<float>()));
        Assert.Equal((7, scale), (optimizer.Steps, scaler.State));
    }

    private static void Fill(torch.Tensor[] tensors, float first)
    {
        using IDisposable noGradient = torch.no_grad();
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i].fill_(first + i);
        }
    }
}
