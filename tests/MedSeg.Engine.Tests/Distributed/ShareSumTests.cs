using MedSeg.Distributed;

namespace MedSeg.Tests.Distributed;

/// <summary>Sums in the order of a tree, whoever adds up which shares.</summary>
public sealed class ShareSumTests
{
    private const int Length = 53;

    public static TheoryData<int, int> SharesAndRanks
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (int shares = 1; shares <= 9; shares++)
            {
                for (int ranks = 1; ranks <= shares; ranks++)
                {
                    data.Add(shares, ranks);
                }
            }

            data.Add(64, 6);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(SharesAndRanks))]
    public void Sum_is_bit_identical_on_any_number_of_ranks(int shares, int ranks)
    {
        float[][] values = [.. Enumerable.Range(0, shares).Select(Values)];
        float[] expected = Tree(values);

        // More than once: buffers are used again.
        (float[][]? Result, Exception? Error)[] found = new LocalRanks(ranks).Run(transport =>
        {
            var sum = new ShareSum(Length, shares);
            (int first, int count) = BatchShares.Of(shares, ranks, transport.Rank);
            return Enumerable.Range(0, 2).Select(_ =>
            {
                sum.Clear();
                for (int share = first; share < first + count; share++)
                {
                    sum.Add(share, values[share]);
                }

                return sum.Total(transport).ToArray();
            }).ToArray();
        });

        Assert.All(found, rank => Assert.Null(rank.Error));
        Assert.All(found, rank => Assert.All(rank.Result!, total => Assert.Equal(expected, total)));
    }

    [Fact]
    public void Order_matters_so_that_the_test_above_can_fail()
    {
        float[][] values = [.. Enumerable.Range(0, 6).Select(Values)];
        float[] inTurn = [.. Enumerable.Range(0, Length).Select(i => values.Aggregate(0f, (sum, share) => sum + share[i]))];

        Assert.NotEqual(inTurn, Tree(values));
    }

    [Fact]
    public void Share_without_slices_adds_nothing()
    {
        var sum = new ShareSum(Length, 2);
        sum.Add(0, Values(0));
        sum.Add(1, []);

        Assert.Equal(Values(0), sum.Total(null).ToArray());
    }

    [Theory]
    [InlineData(5, 2, "0+2 2+3")]
    [InlineData(4, 4, "0+1 1+1 2+1 3+1")]
    [InlineData(1, 3, "0+0 0+0 0+1")]
    public void Batch_is_divided_evenly(int count, int shares, string expected) =>
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, shares).Select(share => BatchShares.Of(count, shares, share)).Select(s => $"{s.First}+{s.Count}")));

    // Numbers of different sizes: their sum depends on the order.
    private static float[] Values(int share)
    {
        var random = new Random(share);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4))))];
    }

    // The tree as its definition says: a node is the sum of its two halves.
    private static float[] Tree(float[][] values)
    {
        int size = 1;
        while (size < values.Length)
        {
            size *= 2;
        }

        return Node(0, size)!;

        float[]? Node(int start, int length)
        {
            if (start >= values.Length)
            {
                return null;
            }

            if (length == 1)
            {
                return values[start];
            }

            (float[] left, float[]? right) = (Node(start, length / 2)!, Node(start + (length / 2), length / 2));
            return right is null ? left : [.. left.Zip(right, (a, b) => a + b)];
        }
    }
}
