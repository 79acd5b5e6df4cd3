using MedSeg.Augmentation;

namespace MedSeg.Training;

/// <summary>Random orders that depend on (seed, epoch) alone.</summary>
internal static class Shuffle
{
    /// <summary>Gives the numbers from 0 in a random order (Fisher and Yates).</summary>
    public static int[] Order(int count, long seed, long epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        var random = new SampleRandom(seed, epoch, -1);
        for (int i = count - 1; i > 0; i--)
        {
            int j = (int)(random.Next() * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
