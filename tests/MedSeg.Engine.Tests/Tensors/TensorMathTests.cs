using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Tensors;

/// <summary>Arithmetic with scalars while the garbage collector frees unreferenced objects.</summary>
public sealed class TensorMathTests
{
    private const int Rounds = 6_000;

    [Fact]
    public void Results_are_right_while_the_collector_is_busy()
    {
        using var end = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        int wrong = 0;
        try
        {
            using torch.Tensor x = torch.ones(50_000);
            for (int i = 0; i < Rounds; i++)
            {
                using DisposeScope scope = torch.NewDisposeScope();
                wrong += x.Plus(x).Times(3).Plus(1).AtMost(6.5).PlusInPlace(1).PlusInPlace(x, 2).TimesInPlace(2).DividedInPlace(4).Minus(x).Plus(1).DividedBy(1)[100].item<float>() == 4.75f ? 0 : 1;
            }
        }
        finally
        {
            end.Cancel();
            collector.Join();
        }

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Operations_compute_what_their_names_say()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor Make() => torch.tensor(new[] { 2f, 8f });
        float[] Of(torch.Tensor t) => t.data<float>().ToArray();

        Assert.Equal([5f, 11f], Of(Make().PlusInPlace(3)));
        Assert.Equal([7f, 28f], Of(Make().PlusInPlace(Make(), 2.5)));
        Assert.Equal([1f, 4f], Of(Make().TimesInPlace(0.5)));
        Assert.Equal([0.5f, 2f], Of(Make().DividedInPlace(4)));
        Assert.Equal([4f, 40f], Of(Make().PlusProductInPlace(Make(), Make(), 0.5)));
        Assert.Equal([5f, 11f], Of(Make().PlusQuotientInPlace(Make(), Make(), 3)));
        Assert.Equal([2f, 3f], Of(Make().AtMost(3)));
        Assert.Equal([3f, 8f], Of(Make().AtLeast(3)));
        Assert.Equal([9f, 9f], Of(Make().Fill(9)));
        Assert.Equal([-1f, 5f], Of(Make().Minus(torch.tensor(new[] { 3f, 3f }))));
        Assert.Equal([0.5f, 2f], Of(Make().DividedBy(4)));
        Assert.Equal([3f, 4f, 5f], Of(TensorMath.Numbers(3, 3, torch.ScalarType.Float32, torch.CPU)));
    }
}
