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
        foreach (GradientFormat format in Enum.GetValues<GradientFormat>())
        {
            float[] expected = Tree([.. Enumerable.Range(0, shares).Select(Values)], format);
            (float[][] Totals, long Sent)[] found = SumOnRanks(shares, ranks, format);

            Assert.All(found, rank => Assert.All(rank.Totals, total => Assert.Equal(expected, total)));
        }
    }

    [Fact]
    public void Order_and_format_matter_so_that_the_test_above_can_fail()
    {
        float[][] values = [.. Enumerable.Range(0, 6).Select(Values)];
        float[] inTurn = [.. Enumerable.Range(0, Length).Select(i => values.Aggregate(0f, (sum, share) => sum + share[i]))];
        float[] once = [.. Tree(values, GradientFormat.Float32).Select(Rounded)];

        Assert.NotEqual(inTurn, Tree(values, GradientFormat.Float32));
        Assert.NotEqual(once, Tree(values, GradientFormat.BFloat16));
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(6, 4)]
    public void Half_as_many_bytes_are_sent_as_bfloat16(int shares, int ranks)
    {
        long[] wide = [.. SumOnRanks(shares, ranks, GradientFormat.Float32).Select(rank => rank.Sent)];
        long[] narrow = [.. SumOnRanks(shares, ranks, GradientFormat.BFloat16).Select(rank => rank.Sent)];

        Assert.All(wide, sent => Assert.NotEqual(0, sent));
        Assert.Equal(wide, narrow.Select(sent => 2 * sent));
    }

    [Theory]
    [InlineData(2, GradientFormat.Float32)]
    [InlineData(2, GradientFormat.BFloat16)]
    [InlineData(6, GradientFormat.BFloat16)]
    public void Memory_of_the_exchange_is_taken_before_the_ranks_meet(int shares, GradientFormat format)
    {
        const int length = 100_000;
        var transport = new SilentTransport();
        var sum = new ShareSum(length, shares, format);
        for (int share = 0; share < shares / 2; share++)
        {
            sum.Add(share, []);
        }

        sum.Reserve(transport);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = sum.Total(transport);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, length / 4);
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

    // More than once, because buffers are used again. The bytes are those that the transport was given.
    private static (float[][] Totals, long Sent)[] SumOnRanks(int shares, int ranks, GradientFormat format)
    {
        float[][] values = [.. Enumerable.Range(0, shares).Select(Values)];
        var local = new LocalRanks(ranks);
        ((float[][] Totals, long Sent) Result, Exception? Error)[] found = local.Run(transport =>
        {
            var sum = new ShareSum(Length, shares, format);
            (int first, int count) = BatchShares.Of(shares, ranks, transport.Rank);
            float[][] totals = [.. Enumerable.Range(0, 2).Select(_ =>
            {
                sum.Clear();
                for (int share = first; share < first + count; share++)
                {
                    sum.Add(share, values[share]);
                }

                sum.Reserve(transport);
                return sum.Total(transport).ToArray();
            })];
            return (totals, sum.BytesSent);
        });
        Assert.All(found, rank => Assert.Null(rank.Error));
        Assert.Equal(local.NumberBytes, 2 * found.Sum(rank => rank.Result.Sent));
        return [.. found.Select(rank => rank.Result)];
    }

    // Numbers of different sizes: their sum depends on the order.
    private static float[] Values(int share)
    {
        var random = new Random(share);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4))))];
    }

    // By arithmetic: a bfloat16 has eight significant bits.
    private static float Rounded(float value)
    {
        double unit = value == 0 ? 1 : Math.ScaleB(1, Math.ILogB(value) - 7);
        return (float)(Math.Round(value / unit, MidpointRounding.ToEven) * unit);
    }

    // The tree as its definition says: a node is the sum of its two halves.
    private static float[] Tree(float[][] values, GradientFormat format)
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
                return [.. values[start].Select(InFormat)];
            }

            (float[] left, float[]? right) = (Node(start, length / 2)!, Node(start + (length / 2), length / 2));
            return right is null ? left : [.. left.Zip(right, (a, b) => InFormat(a + b))];
        }

        float InFormat(float value) => format == GradientFormat.BFloat16 ? Rounded(value) : value;
    }

    // The first of two ranks, whose other one sends zeros.
    private sealed class SilentTransport : IRankTransport
    {
        public int Rank => 0;

        public int Size => 2;

        public string Host => "node0";

        public string Description => "nothing";

        public bool IsExpected { get; set; }

        public void Send(ReadOnlySpan<byte> data, int rank)
        {
        }

        public void Receive(Span<byte> data, int rank)
        {
        }

        public void Broadcast(Span<float> values)
        {
        }

        public void Exchange<T>(ReadOnlySpan<T> sent, int[] sentCounts, Span<T> received, int[] receivedCounts)
            where T : unmanaged
        {
        }

        public void Gather<T>(Span<T> values, int[] counts)
            where T : unmanaged
        {
        }

        public void Abort(string message)
        {
        }
    }
}
