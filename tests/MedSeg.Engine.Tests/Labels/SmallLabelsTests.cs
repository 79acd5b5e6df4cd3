using MedSeg.Labels;

namespace MedSeg.Tests.Labels;

public static class SmallLabelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(1003)]
    public static void Masks_of_any_length_are_converted_and_counted_as_one_by_one(int length)
    {
        var random = new Random(length);
        float[] values = [.. Enumerable.Range(0, length).Select(i => random.Next(4) == 0 ? (float)random.Next(256) : i / 50 % 256)];
        values[0] = -0f;
        byte[] bytes = SmallLabels.TryConvert(values)!;

        Assert.Equal(values.Select(value => (byte)value), bytes);
        Assert.Equal(Enumerable.Range(0, 256).Select(value => values.LongCount(v => v == value)), SmallLabels.Count(bytes));
        Assert.Equal(LabelHistogram.Count(values), SmallLabels.Histogram(bytes));
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(0.5f)]
    [InlineData(254.99998f)]
    [InlineData(255.5f)]
    [InlineData(256f)]
    [InlineData(65536f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public static void A_mask_with_another_value_at_any_place_is_left_to_the_slower_code(float value)
    {
        for (int place = 0; place < 70; place++)
        {
            float[] values = new float[70];
            values[place] = value;

            Assert.Null(SmallLabels.TryConvert(values));
        }
    }

    [Fact]
    public static void Values_of_a_map_are_replaced_and_others_stay()
    {
        byte[] bytes = [0, 1, 255, 7];
        SmallLabels.Replace(bytes, new Dictionary<float, int> { [255] = 1, [1] = 2, [0.5f] = 9, [300] = 8 });

        Assert.Equal([0, 2, 1, 7], bytes);
    }
}
