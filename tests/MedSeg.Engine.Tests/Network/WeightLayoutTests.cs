using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>Weights lie with their channels last in memory, and with their channels first in files.</summary>
public sealed class WeightLayoutTests
{
    private static readonly float[] s_first = [.. Enumerable.Range(0, 2 * 3 * 2 * 2).Select(i => (float)i)];

    [Fact]
    public void Channels_go_last()
    {
        float[] last = new float[s_first.Length];

        WeightLayout.ToLast(s_first, [2, 3, 2, 2], last);

        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 16, 20], last[..15]);
    }

    [Fact]
    public void Channels_come_back()
    {
        float[] last = new float[s_first.Length];
        float[] back = new float[s_first.Length];

        WeightLayout.ToLast(s_first, [2, 3, 2, 2], last);
        WeightLayout.ToFirst(last, [2, 3, 2, 2], back);

        Assert.Equal(s_first, back);
    }

    [Fact]
    public void Files_get_the_values_of_the_parameters_channels_first()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var network = new PyramidNetwork(NetworkOptions.Published(32, 2), torch.CPU);
        network.Parameters.Initialize(seed: 1);

        Assert.All(
            network.Parameters.Split(network.Parameters.Values),
            part => Assert.Equal(network.Parameters[part.Key].detach().contiguous().data<float>().ToArray(), part.Value.AsFloats().ToArray()));
    }

    [Fact]
    public void Gradients_have_the_layout_of_the_weights()
    {
        using var network = new PyramidNetwork(NetworkOptions.Published(32, 2), torch.CPU);

        Assert.All(network.Parameters.Shapes, shape => Assert.Equal(network.Parameters[shape.Name].stride(), network.Parameters[shape.Name].grad!.stride()));
    }
}
