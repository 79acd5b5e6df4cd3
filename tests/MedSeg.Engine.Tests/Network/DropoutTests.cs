using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using TorchSharp;

namespace MedSeg.Tests.Network;

public sealed class DropoutTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly PyramidNetwork _network = new(NetworkOptions.Published(32, 2) with { DropoutRate = 0.3 }, torch.CPU);

    public void Dispose()
    {
        _network.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Share_of_the_values_is_dropped_and_the_rest_scaled()
    {
        float[] kept = [.. _network.Drop(torch.ones(100_000), training: true).data<float>()];

        Assert.InRange(kept.Count(v => v == 0) / 100_000.0, 0.29, 0.31);
        Assert.All(kept.Where(v => v != 0), v => Assert.Equal(1 / 0.7, v, 1e-6));
    }

    [Fact]
    public void Gradient_passes_where_the_value_was_kept()
    {
        torch.Tensor x = torch.ones(1000, requires_grad: true);
        torch.Tensor y = _network.Drop(x, training: true);
        y.sum().backward();

        Assert.Equal(y.detach().data<float>().ToArray(), x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Nothing_is_dropped_in_use() =>
        Assert.Equal(1000, _network.Drop(torch.ones(1000), training: false).sum().item<float>());

    [Fact]
    public void Draws_follow_from_the_seed()
    {
        float[] Draw(ulong seed)
        {
            _network.Reseed(seed);
            return _network.Drop(torch.ones(1000), training: true).data<float>().ToArray();
        }

        float[] first = Draw(2);
        Assert.NotEqual(first, Draw(4));
        Assert.Equal(first, Draw(2));
    }
}
