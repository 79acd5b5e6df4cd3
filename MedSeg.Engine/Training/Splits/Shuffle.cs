using MedSeg.Tensors;

namespace MedSeg.Training.Splits;

/// <summary>Random orders that depend on seed and epoch only.</summary>
internal static class Shuffle
{
    /// <summary>Returns the numbers from 0 in random order (Fisher and Yates).</summary>
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

    /// <summary>Draws as many samples as there are, so that each ROI occurs equally often: a random ROI, then a random sample that has it.</summary>
    /// <param name="holders">For each ROI, the indices of the samples that have it.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    public static int[] Balanced(IReadOnlyList<int[]> holders, int count, long seed, long epoch)
    {
        int[][] present = [.. holders.Where(h => h.Length > 0)];
        if (present.Length == 0)
        {
            return Order(count, seed, epoch);
        }

        var random = new SampleRandom(seed, epoch, -2);
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int[] holder = present[(int)(random.Next() * present.Length)];
            order[i] = holder[(int)(random.Next() * holder.Length)];
        }

        return order;
    }
}
