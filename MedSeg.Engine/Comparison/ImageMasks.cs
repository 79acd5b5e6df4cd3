using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Threading;

namespace MedSeg.Comparison;

/// <summary>Reads masks together with their images: the masks of each rater are imported as a data set is.</summary>
internal static class ImageMasks
{
    // The masks are compared at their own size; the images are decoded for their headers only.
    private const int SmallestInput = 16;

    /// <summary>Reads the masks of all raters.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MedSegException">A folder is missing or empty.</exception>
    public static RatedSet Read(MaskComparisonOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        Dataset[] sets = [.. options.Paths.Select((path, rater) => DatasetImporter.Import(OptionsOf(options, path, rater, cancellationToken), events, cancellationToken))];
        IReadOnlyList<string> names = sets.MaxBy(set => set.LabelNames.Count)!.LabelNames;
        var slices = new List<RatedSlice>();
        var problems = new List<LabelProblem>();
        foreach (IGrouping<string, (Sample Sample, int Rater)> group in sets.SelectMany((set, rater) => set.Samples.Select(sample => (sample, rater))).GroupBy(s => s.sample.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Images that no rater has drawn on are no fault.
            if (group.Any(s => s.Sample.IsUsable))
            {
                Sample first = group.First(s => s.Sample.IsUsable).Sample;
                var masks = new PackedMask?[sets.Length];
                foreach ((Sample sample, int rater) in group.Where(s => s.Sample.IsUsable))
                {
                    masks[rater] = sample.Pixels!.ReadTruth();
                }

                slices.Add(new RatedSlice(first.Name, first.Patient, first.Rows, first.Columns, options.Spacing ?? first.Spacing, masks));
            }

            bool isUndrawn = group.All(s => s.Sample.Problems.Any(p => p.Code == ErrorIds.LabelMissing));
            problems.AddRange(isUndrawn ? [] : group.SelectMany(s => s.Sample.Problems));
        }

        return new RatedSet(options.Raters(), names, slices, [.. problems.DistinctBy(problem => problem.Message)]);
    }

    /// <summary>Returns how the masks of a rater are imported with their images.</summary>
    internal static DatasetOptions OptionsOf(MaskComparisonOptions options, string path, int rater, CancellationToken cancellationToken) => new()
    {
        DicomPath = options.ImagePath!,
        LabelPath = path,
        Recurse = options.Recurse,
        MaskSuffix = options.SuffixOf(rater, cancellationToken),
        InputSize = SmallestInput,
        LabelNames = options.LabelNames,
        LabelMap = options.LabelMap,
        JpegStep = options.JpegStep,
    };
}
