namespace MedSeg.Distributed;

/// <summary>
/// Adds up what each share of a batch contributes, in the order of a tree that depends on the number of shares alone. So the sum is
/// bit-identical on any number of ranks, which an MPI library's own sum is not. With a narrower format, the numbers of each share and each sum
/// of two nodes are rounded, whether or not they are sent to another rank.
/// </summary>
internal sealed class ShareSum
{
    private readonly int _length;
    private readonly int _shares;
    private readonly GradientExchange _exchange;
    private readonly List<ShareBlock> _blocks = [];
    private readonly Stack<float[]> _free = new();
    private readonly float[] _total;
    private float[] _sent = [];
    private float[] _received = [];

    /// <summary>Initializes a new instance of the <see cref="ShareSum"/> class.</summary>
    /// <param name="length">The number of numbers that each share contributes.</param>
    /// <param name="shares">The number of shares of all ranks.</param>
    /// <param name="format">The format of each sum, and of what is sent.</param>
    public ShareSum(int length, int shares, GradientFormat format = GradientFormat.Float32)
    {
        (_length, _shares, _exchange) = (length, shares, new GradientExchange(format));
        _total = new float[length];
    }

    /// <summary>Gets the number of bytes that this rank sent to others for the last sum.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        foreach (ShareBlock block in _blocks)
        {
            Release(block);
        }

        _blocks.Clear();
    }

    /// <summary>Adds a share. A rank adds its shares in their order.</summary>
    /// <param name="share">The number of the share, from 0.</param>
    /// <param name="values">What it contributes; empty for zeros.</param>
    public void Add(int share, ReadOnlySpan<float> values)
    {
        float[] copy = _free.TryPop(out float[]? free) ? free : new float[_length];
        if (values.IsEmpty)
        {
            Array.Clear(copy);
        }
        else
        {
            values.CopyTo(copy);
            _exchange.Round(copy);
        }

        Push(_blocks, new ShareBlock(share, share + 1, copy), Release);
    }

    /// <summary>
    /// Takes the memory that <see cref="Total"/> needs, before the ranks meet: a rank that has none can then tell the others, which would wait for it
    /// in the exchange.
    /// </summary>
    /// <param name="transport">Connects the ranks; null where one process has all shares.</param>
    public void Reserve(IRankTransport? transport)
    {
        if (transport is null || transport.Size == 1)
        {
            return;
        }

        int ranks = transport.Size;
        int sent = BlocksOf(transport.Rank, ranks).Length * _length;
        int received = Enumerable.Range(0, ranks).Sum(rank => BlocksOf(rank, ranks).Length) * PartsOf(ranks)[transport.Rank];

        // A single block is sent as it is.
        Reserve(ref _sent, sent > _length ? sent : 0);
        Reserve(ref _received, received);
        _exchange.Reserve(sent, Math.Max(received, _length));
    }

    /// <summary>Adds up the blocks of all ranks: each rank adds up a part of the numbers, and the parts are gathered. <see cref="Reserve(IRankTransport)"/> comes first.</summary>
    /// <param name="transport">Connects the ranks, which have added all their shares; null where one process has all shares.</param>
    /// <returns>The sum, the same on all ranks; valid until it is computed again.</returns>
    public ReadOnlySpan<float> Total(IRankTransport? transport)
    {
        if (transport is null || transport.Size == 1)
        {
            return _blocks.Single().Values.Span;
        }

        int ranks = transport.Size;
        int[] parts = PartsOf(ranks);
        ShareBlock[][] blocks = [.. Enumerable.Range(0, ranks).Select(rank => BlocksOf(rank, ranks))];
        int own = parts[transport.Rank];
        int[] sentCounts = Array.ConvertAll(parts, part => part * _blocks.Count);
        int[] receivedCounts = Array.ConvertAll(blocks, each => each.Length * own);
        _exchange.Exchange(transport, Pack(parts), sentCounts, _received.AsSpan(0, receivedCounts.Sum()), receivedCounts);

        var tree = new List<ShareBlock>();
        ShareBlock[] all = [.. blocks.SelectMany(each => each)];
        for (int i = 0; i < all.Length; i++)
        {
            Push(tree, all[i] with { Values = _received.AsMemory(i * own, own) });
        }

        tree.Single().Values.CopyTo(_total.AsMemory(BatchShares.Of(_length, ranks, transport.Rank).First));
        _exchange.Gather(transport, _total, parts);
        BytesSent = _exchange.BytesPerNumber * (((long)_blocks.Count * (_length - own)) + ((ranks - 1L) * own));
        return _total;
    }

    private int[] PartsOf(int ranks) => [.. Enumerable.Range(0, ranks).Select(rank => BatchShares.Of(_length, ranks, rank).Count)];

    // What a rank has when it has added all its shares.
    private ShareBlock[] BlocksOf(int rank, int ranks)
    {
        var found = new List<ShareBlock>();
        (int first, int count) = BatchShares.Of(_shares, ranks, rank);
        for (int share = first; share < first + count; share++)
        {
            Push(found, new ShareBlock(share, share + 1, default));
        }

        return [.. found];
    }

    private void Push(List<ShareBlock> blocks, ShareBlock next, Action<ShareBlock>? release = null)
    {
        while (blocks.Count > 0 && blocks[^1].IsSiblingOf(next, _shares))
        {
            ShareBlock sum = blocks[^1].Plus(next);
            _exchange.Round(sum.Values.Span);
            blocks.RemoveAt(blocks.Count - 1);
            release?.Invoke(next);
            next = sum;
        }

        blocks.Add(next);
    }

    private static void Reserve(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new float[length];
        }
    }

    // What each rank is sent is one piece: its part of all blocks. A single block is that already.
    private ReadOnlySpan<float> Pack(int[] parts)
    {
        if (_blocks.Count == 1)
        {
            return _blocks[0].Values.Span;
        }

        int to = 0;
        int from = 0;
        foreach (int part in parts)
        {
            foreach (ShareBlock block in _blocks)
            {
                block.Values.Slice(from, part).CopyTo(_sent.AsMemory(to));
                to += part;
            }

            from += part;
        }

        return _sent.AsSpan(0, to);
    }

    private void Release(ShareBlock block)
    {
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(block.Values, out ArraySegment<float> values))
        {
            _free.Push(values.Array!);
        }
    }
}
