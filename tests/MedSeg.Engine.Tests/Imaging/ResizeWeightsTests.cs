using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public sealed class ResizeWeightsTests
{
    [Theory]
    [InlineData(512, 256)]
    [InlineData(513, 256)]
    [InlineData(100, 256)]
    [InlineData(512, 100)]
    [InlineData(40, 20)]
    [InlineData(9, 8)]
    [InlineData(3, 8)]
    public void Several_pixels_at_once_are_those_one_by_one(int source, int target)
    {
        var random = new Random(source);
        float[] row = [.. Enumerable.Range(0, source).Select(_ => (float)(random.NextDouble() - 0.5) * 1000)];
        var weights = ResizeWeights.OfTriangle(source, target);

        foreach (int first in new[] { 0, 1, 5 })
        {
            float[] several = new float[target - first];
            float[] one = new float[target - first];
            weights.Apply(row, first, several);
            for (int i = 0; i < one.Length; i++)
            {
                weights.Apply(row, first + i, one.AsSpan(i, 1));
            }

            Assert.Equal(one, several);
            Assert.All(one, value => Assert.InRange(value, row.Min() - 0.001f, row.Max() + 0.001f));
        }
    }

    [Fact]
    public void Weights_of_many_sizes_are_those_of_each()
    {
        foreach (int target in Enumerable.Range(10, 100).Concat(Enumerable.Range(10, 100)))
        {
            var triangle = ResizeWeights.OfTriangle(200, target);
            var area = ResizeWeights.OfArea(200, target);

            Assert.Equal(1f, triangle.Of(target / 2).ToArray().Sum(), 5);
            Assert.InRange(triangle.First(target - 1) + triangle.Of(target - 1).Length, 199, 200);
            Assert.True(area.Of(target / 2).Length <= triangle.Of(target / 2).Length);
        }
    }
}
