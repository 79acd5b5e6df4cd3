namespace MedSeg.Distributed;

/// <summary>Divides a batch into shares, and the shares among the ranks. Neighbours stay together; sizes differ by one at most.</summary>
internal static class BatchShares
{
    /// <summary>Returns the part of a whole that belongs to one of several owners.</summary>
    /// <param name="count">The number of items of the whole.</param>
    /// <param name="owners">The number of owners.</param>
    /// <param name="owner">The owner, from 0.</param>
    /// <returns>The first item, and the number of items; 0 where there are more owners than items.</returns>
    public static (int First, int Count) Of(int count, int owners, int owner)
    {
        int first = (int)((long)count * owner / owners);
        return (first, (int)((long)count * (owner + 1) / owners) - first);
    }
}
