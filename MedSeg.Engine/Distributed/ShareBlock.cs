using System.Numerics;

namespace MedSeg.Distributed;

/// <summary>Consecutive shares whose numbers have been added up: a node of the tree in which all shares are added.</summary>
/// <param name="First">The first share.</param>
/// <param name="End">The share after the last.</param>
/// <param name="Values">The sum.</param>
internal readonly record struct ShareBlock(int First, int End, Memory<float> Values)
{
    /// <summary>
    /// Checks whether this block and the next one are the two halves of a node. The tree is ((0 + 1) + (2 + 3)) + ((4 + 5) + ...): whoever
    /// adds up which shares, the same numbers are added in the same order.
    /// </summary>
    /// <param name="next">The next block.</param>
    /// <param name="shares">The number of all shares.</param>
    public bool IsSiblingOf(ShareBlock next, int shares)
    {
        int size = End - First;
        return BitOperations.IsPow2(size) && First % (2 * size) == 0 && next.First == End && next.End == Math.Min(First + (2 * size), shares);
    }

    /// <summary>Adds the next block to this one.</summary>
    /// <param name="next">The other half of the node.</param>
    /// <returns>The node; its numbers take the place of this block's.</returns>
    public ShareBlock Plus(ShareBlock next)
    {
        Add(Values.Span, next.Values.Span);
        return this with { End = next.End };
    }

    private static void Add(Span<float> sum, ReadOnlySpan<float> values)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(sum[i..]) + new Vector<float>(values[i..])).CopyTo(sum[i..]);
        }

        for (; i < sum.Length; i++)
        {
            sum[i] += values[i];
        }
    }
}
