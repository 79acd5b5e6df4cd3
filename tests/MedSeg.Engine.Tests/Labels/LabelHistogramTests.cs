using MedSeg.Labels;

namespace MedSeg.Tests.Labels;

public static class LabelHistogramTests
{
    [Fact]
    public static void Values_are_counted_in_ascending_order_with_NaN_first() =>
        Assert.Equal(
            [new(float.NaN, 1), new(-1, 1), new(0, 2), new(0.5f, 2), new(3, 1), new(65535, 1), new(65536, 1)],
            LabelHistogram.Count([3, 0, 65536, 0.5f, -1, 0, float.NaN, 65535, 0.5f]));
}
