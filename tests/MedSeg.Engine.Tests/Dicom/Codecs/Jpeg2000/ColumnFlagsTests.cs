using System.Numerics;
using MedSeg.Dicom.Codecs.Jpeg2000;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>The flags of four coefficients, against counts of neighbours one by one.</summary>
public class ColumnFlagsTests
{
    [Fact]
    public void Neighbours_are_found_for_all_four_rows_at_once()
    {
        var random = new Random(4);
        for (int run = 0; run < 20_000; run++)
        {
            // Few bits, so that rows without significant neighbours are common.
            ulong word = (ulong)(random.NextInt64() & random.NextInt64() & random.NextInt64());
            for (int row = 0; row < ColumnFlags.StripeHeight; row++)
            {
                int shift = ColumnFlags.RowBits * row;
                uint around = (uint)(word >> shift) & 0x1FF;
                bool self = (around & (1 << ColumnFlags.Self)) != 0;
                int others = BitOperations.PopCount(around) - (self ? 1 : 0);
                Assert.Equal(self || others > 0, (ColumnFlags.Neighbourhoods(word) >> shift & 1) != 0);
                Assert.Equal(others > 0, (ColumnFlags.OtherNeighbours(word) >> shift & 1) != 0);
            }
        }
    }

    [Theory]
    [InlineData(1, 0b000_000_000_001u)]
    [InlineData(2, 0b000_000_001_001u)]
    [InlineData(3, 0b000_001_001_001u)]
    [InlineData(4, 0b001_001_001_001u)]
    [InlineData(9, 0b001_001_001_001u)]
    public void The_last_stripe_may_have_less_than_four_rows(int left, uint expected) => Assert.Equal(expected, ColumnFlags.Rows(left));
}
