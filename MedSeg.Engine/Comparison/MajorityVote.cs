namespace MedSeg.Comparison;

/// <summary>Decides by the number of votes.</summary>
internal static class MajorityVote
{
    /// <summary>Decides.</summary>
    /// <param name="votes">The votes of the raters.</param>
    /// <param name="isTied">Whether two values have equally many votes, and more than all others.</param>
    /// <returns>The value with the most votes; background if it is tied.</returns>
    public static byte Decide(byte[] votes, out bool isTied)
    {
        Span<int> counts = stackalloc int[byte.MaxValue];
        counts.Clear();
        foreach (byte vote in votes)
        {
            if (vote != Votes.Absent)
            {
                counts[vote]++;
            }
        }

        byte best = 0;
        isTied = false;
        for (int value = 1; value < counts.Length; value++)
        {
            isTied = counts[value] == counts[best] ? counts[value] > 0 : isTied && counts[value] < counts[best];
            best = counts[value] > counts[best] ? (byte)value : best;
        }

        return isTied ? (byte)0 : best;
    }
}
