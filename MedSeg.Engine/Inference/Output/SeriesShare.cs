using MedSeg.Errors;
using MedSeg.Inference.Scans;
using MedSeg.Options;

namespace MedSeg.Inference.Output;

/// <summary>
/// One part of a segmentation that several processes share, for example the tasks of a job array: whole series, so that the parts have about
/// as many slices each. Every process must be given the same images; then each series is in exactly one part.
/// </summary>
public sealed record SeriesShare
{
    /// <summary>The largest number of parts.</summary>
    public const int MaxParts = 100_000;

    /// <summary>Gets the number of the part, from 1 to <see cref="Parts"/>.</summary>
    [OptionRange(1, MaxParts)]
    public required int Part { get; init; }

    /// <summary>Gets the number of parts, from 1 to 100000.</summary>
    [OptionRange(1, MaxParts)]
    public required int Parts { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="MedSegException">A number is out of range (<c>OptionOutOfRange</c>).</exception>
    public void Validate()
    {
        OptionRanges.Require(this);
        if (Part > Parts)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionOutOfRange, $"-Part is {Part}, but there are only {Parts} parts.")
            {
                Advice = $"Use a -Part from 1 to {Parts}, or more -Parts.",
            };
        }
    }

    /// <summary>Finds the series of this part: the longest series first, each goes to the part with the fewest slices so far.</summary>
    /// <param name="all">All series, in any order.</param>
    /// <returns>The series of this part, in the order of <paramref name="all"/>.</returns>
    internal IReadOnlyList<ScanSeries> Of(IReadOnlyList<ScanSeries> all)
    {
        // Names are unique in a run. The order in which files were listed must not matter: machines may list them differently.
        var mine = new HashSet<ScanSeries>(ReferenceEqualityComparer.Instance);
        var parts = new PriorityQueue<int, (long Slices, int Part)>(Enumerable.Range(1, Parts).Select(part => (part, (0L, part))));
        foreach (ScanSeries series in all.OrderByDescending(s => s.Slices.Count).ThenBy(s => s.Name, StringComparer.Ordinal))
        {
            _ = parts.TryDequeue(out int part, out (long Slices, int Part) load);
            parts.Enqueue(part, (load.Slices + series.Slices.Count, part));
            if (part == Part)
            {
                mine.Add(series);
            }
        }

        return [.. all.Where(mine.Contains)];
    }
}
