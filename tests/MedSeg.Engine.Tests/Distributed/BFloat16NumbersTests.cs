using MedSeg.Distributed;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Distributed;

/// <summary>Rounding to bfloat16, compared with torch's.</summary>
public sealed class BFloat16NumbersTests
{
    [Fact]
    public void Numbers_are_rounded_as_torch_rounds_them()
    {
        float[] numbers = Numbers();
        using torch.Tensor expected = torch.tensor(numbers).to(torch.bfloat16).to(torch.float32);

        float[] rounded = [.. numbers];
        BFloat16Numbers.Round(rounded);

        Assert.Equal(TensorMemory.Of(expected).ToArray(), rounded);
        Assert.Contains(numbers.Zip(rounded), pair => pair.First != pair.Second);
    }

    [Fact]
    public void Rounded_numbers_are_the_same_after_they_were_sent()
    {
        float[] numbers = Numbers();
        BFloat16Numbers.Round(numbers);
        ushort[] sent = new ushort[numbers.Length];
        float[] received = new float[numbers.Length];

        BFloat16Numbers.Pack(numbers, sent);
        BFloat16Numbers.Unpack(sent, received);

        Assert.Equal(numbers.Select(BitConverter.SingleToUInt32Bits), received.Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData(0x3F808000, 0x3F80)] // halfway, to the even one below
    [InlineData(0x3F818000, 0x3F82)] // halfway, to the even one above
    [InlineData(0x3F808001, 0x3F81)] // above halfway
    [InlineData(0x7F7FFFFF, 0x7F80)] // too large
    [InlineData(0x80000001, 0x8000)] // too small
    public void Ties_and_limits_are_rounded_as_IEEE_754_says(uint bits, ushort expected)
    {
        // More than a vector and a rest, so that both ways are taken.
        float[] numbers = [.. Enumerable.Repeat(BitConverter.UInt32BitsToSingle(bits), 67)];

        BFloat16Numbers.Round(numbers);

        Assert.All(numbers, number => Assert.Equal((uint)expected << 16, BitConverter.SingleToUInt32Bits(number)));
    }

    // All upper halves with lower ones below, at and above half of the last place that is kept; a length that no vector divides.
    private static float[] Numbers() =>
    [
        .. from high in Enumerable.Range(0, 0x10000)
           from low in new uint[] { 0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF }
           select BitConverter.UInt32BitsToSingle(((uint)high << 16) | low),
        1.5f,
    ];
}
