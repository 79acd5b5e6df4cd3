namespace MedSeg.Distributed;

/// <summary>Exchanges float32 numbers between ranks in the format of the wire, in which they are exact.</summary>
/// <param name="format">The format.</param>
internal sealed class GradientExchange(GradientFormat format)
{
    private ushort[] _sent = [];
    private ushort[] _received = [];

    /// <summary>Gets the number of bytes of a number on the wire.</summary>
    public int BytesPerNumber => IsNarrow ? sizeof(ushort) : sizeof(float);

    private bool IsNarrow => format == GradientFormat.BFloat16;

    /// <summary>Rounds numbers to the format.</summary>
    /// <param name="values">The numbers, which are replaced.</param>
    public void Round(Span<float> values)
    {
        if (IsNarrow)
        {
            BFloat16Numbers.Round(values);
        }
    }

    /// <summary>Takes the memory that the calls below need.</summary>
    /// <param name="sent">The most numbers that are sent.</param>
    /// <param name="received">The most numbers that are received, or gathered.</param>
    public void Reserve(int sent, int received)
    {
        if (IsNarrow)
        {
            _ = Reserve(ref _sent, sent);
            _ = Reserve(ref _received, received);
        }
    }

    /// <summary>Sends each rank a part of the numbers, and receives a part from each.</summary>
    /// <param name="transport">Connects the ranks.</param>
    /// <param name="sent">The rounded numbers for rank 0, then those for rank 1, and so on.</param>
    /// <param name="sentCounts">How many numbers each rank is sent.</param>
    /// <param name="received">Filled with the numbers of rank 0, then those of rank 1, and so on.</param>
    /// <param name="receivedCounts">How many numbers each rank sends.</param>
    public void Exchange(IRankTransport transport, ReadOnlySpan<float> sent, int[] sentCounts, Span<float> received, int[] receivedCounts)
    {
        if (!IsNarrow)
        {
            transport.Exchange(sent, sentCounts, received, receivedCounts);
            return;
        }

        Span<ushort> from = Reserve(ref _sent, sent.Length);
        Span<ushort> to = Reserve(ref _received, received.Length);
        BFloat16Numbers.Pack(sent, from);
        transport.Exchange<ushort>(from, sentCounts, to, receivedCounts);
        BFloat16Numbers.Unpack(to, received);
    }

    /// <summary>Gives all ranks the parts that each of them has.</summary>
    /// <param name="transport">Connects the ranks.</param>
    /// <param name="values">The part of rank 0, then that of rank 1, and so on; a rank's own part is filled in and rounded, and the others will be.</param>
    /// <param name="counts">The number of numbers in each part.</param>
    public void Gather(IRankTransport transport, Span<float> values, int[] counts)
    {
        if (!IsNarrow)
        {
            transport.Gather(values, counts);
            return;
        }

        Span<ushort> all = Reserve(ref _received, values.Length);
        int own = counts[..transport.Rank].Sum();
        BFloat16Numbers.Pack(values.Slice(own, counts[transport.Rank]), all[own..]);
        transport.Gather(all, counts);
        BFloat16Numbers.Unpack(all, values);
    }

    private static Span<ushort> Reserve(ref ushort[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new ushort[length];
        }

        return buffer.AsSpan(0, length);
    }
}
