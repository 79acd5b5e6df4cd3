using System.Numerics;
using System.Runtime.Intrinsics;
using MedSeg.Network.Cpu;

namespace MedSeg.Tests.Network.Cpu;

public class DropoutMaskTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Share_of_the_values_is_dropped_and_the_rest_scaled(double rate)
    {
        float[] factors = Factors(new DropoutMask(rate, seed: 7), 200_000);

        Assert.InRange(factors.Count(f => f == 0) / 200_000.0, rate - 0.005, rate + 0.005);
        Assert.Equal([(float)(1 / (1 - rate))], factors.Where(f => f != 0).Distinct());
    }

    [Fact]
    public void Neighbours_and_rows_are_dropped_independently()
    {
        float[] factors = Factors(new DropoutMask(0.5, seed: 7), 1 << 18);

        Assert.All([1, 2, 8, 16, 64, 256, 4096], distance =>
        {
            int equal = Enumerable.Range(0, factors.Length - distance).Count(i => factors[i] == factors[i + distance]);
            Assert.InRange(equal / (double)(factors.Length - distance), 0.495, 0.505);
        });
    }

    [Fact]
    public void Seeds_of_which_one_half_alone_differs_drop_independently()
    {
        float[] one = Factors(new DropoutMask(0.5, seed: 1), 1 << 16);

        Assert.All([2UL, 1UL | (1UL << 32)], seed =>
        {
            float[] other = Factors(new DropoutMask(0.5, seed), 1 << 16);
            Assert.InRange(one.Zip(other).Count(p => p.First == p.Second) / (double)one.Length, 0.49, 0.51);
        });
    }

    [Fact]
    public void Values_are_the_same_alone_as_several_at_once()
    {
        var mask = new DropoutMask(0.3, seed: 99);
        foreach (uint start in new uint[] { 0, 3, 1_000_003, uint.MaxValue - 100 })
        {
            Vector<float> several = mask.At(start);
            Assert.All(Enumerable.Range(0, Vector<float>.Count), i => Assert.Equal(mask.One(start + (uint)i), several[i]));
            Vector512<float> twice = mask.At512(start);
            Assert.All(Enumerable.Range(0, Vector512<float>.Count), i => Assert.Equal(mask.One(start + (uint)i), twice[i]));
        }
    }

    private static float[] Factors(DropoutMask mask, int count) => [.. Enumerable.Range(0, count).Select(i => mask.One((uint)i))];
}
