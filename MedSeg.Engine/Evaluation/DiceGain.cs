namespace MedSeg.Evaluation;

/// <summary>Decides whether a rule raises a mean Dice score by more than chance.</summary>
internal static class DiceGain
{
    /// <summary>
    /// Says whether a rule helps: the mean rises by at least the margin, and still rises without the group on which the rule helps most. What
    /// a single patient shows may be an accident.
    /// </summary>
    /// <param name="groups">The group of each slice.</param>
    /// <param name="before">The score of each slice without the rule; null where there is none.</param>
    /// <param name="after">The score of each slice with the rule.</param>
    /// <param name="margin">The smallest gain, above 0.</param>
    public static bool IsReal(IReadOnlyList<string> groups, IReadOnlyList<double?> before, IReadOnlyList<double?> after, double margin)
    {
        Sums all = Sums.Of(before, after, Enumerable.Range(0, groups.Count));
        return all.Gain >= margin
            && Enumerable.Range(0, groups.Count).GroupBy(i => groups[i]).All(group => (all - Sums.Of(before, after, group)).Gain > 0);
    }

    private readonly record struct Sums(double Before, int BeforeCount, double After, int AfterCount)
    {
        // Without scores there is nothing that a rule could raise.
        public double Gain => BeforeCount == 0 || AfterCount == 0 ? 0 : (After / AfterCount) - (Before / BeforeCount);

        public static Sums operator -(Sums a, Sums b) => new(a.Before - b.Before, a.BeforeCount - b.BeforeCount, a.After - b.After, a.AfterCount - b.AfterCount);

        public static Sums Of(IReadOnlyList<double?> before, IReadOnlyList<double?> after, IEnumerable<int> slices)
        {
            Sums sums = default;
            foreach (int i in slices)
            {
                sums = new Sums(
                    sums.Before + (before[i] ?? 0), sums.BeforeCount + (before[i] is null ? 0 : 1),
                    sums.After + (after[i] ?? 0), sums.AfterCount + (after[i] is null ? 0 : 1));
            }

            return sums;
        }
    }
}
