using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Metrics;
using MedSeg.Threading;

namespace MedSeg.Comparison;

/// <summary>Compares the masks of two or more raters of any kind: people, models and other programs.</summary>
public static class MaskComparer
{
    /// <summary>Compares masks, each pair of raters with each other.</summary>
    /// <param name="options">Which masks, and how.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    /// <returns>The comparison. Masks that cannot be compared are in its problems.</returns>
    /// <exception cref="MedSegException">A folder is missing or empty, an option is invalid, or there is nothing to compare (<c>NothingToCompare</c>).</exception>
    public static MaskComparisonResult Compare(MaskComparisonOptions options, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var set = RatedSet.Read(options, events, cancellationToken);
        var problems = new List<LabelProblem>(set.Problems);
        bool isMetric = set.Slices.All(slice => slice.Spacing is not null);
        AddNotes(set, isMetric, problems);
        var scores = new (MaskScore Score, OverlapCounts Counts)[set.Slices.Count][];
        ParallelLoop.For(scores.Length, i => scores[i] = [.. Score(set, set.Slices[i], isMetric)], stage: null, events, cancellationToken);
        (MaskScore Score, OverlapCounts Counts)[] slices = [.. scores.SelectMany(ofSlice => ofSlice)];
        return new MaskComparisonResult(
            [.. AgreementTable.ByRoi([.. slices.Select(s => s.Score)], set, options, events, cancellationToken)],
            [.. AgreementTable.ByPatient(slices, cancellationToken)],
            [.. slices.Select(s => s.Score)],
            [.. problems]);
    }

    private static void AddNotes(RatedSet set, bool isMetric, List<LabelProblem> problems)
    {
        if (!isMetric && set.Slices.FirstOrDefault(slice => slice.Spacing is not null) is not null)
        {
            string without = set.Slices.First(slice => slice.Spacing is null).Name;
            problems.Add(new LabelProblem(ErrorIds.SpacingUnclear, LabelSeverity.Warning, $"{without}: The pixel spacing is not known, so areas and distances of all slices are in pixels.", 0)
            {
                Advice = "Give it with -PixelSpacing, or leave the slice out.",
            });
        }

        if (set.Slices.Count > 1 && set.Slices.All(slice => slice.Patient == slice.Name))
        {
            problems.Add(new LabelProblem(ErrorIds.PatientUnknown, LabelSeverity.Warning, "The patients are not known, so each slice counts as a patient of its own: with several slices per patient, intervals are too narrow and p values too small.", 0)
            {
                Advice = "Use -PatientPattern, for example '^[^_]+' for names such as P01_S03; or -ImagePath; or a subfolder for each patient and -Recurse.",
            });
        }
    }

    private static IEnumerable<(MaskScore Score, OverlapCounts Counts)> Score(RatedSet set, RatedSlice slice, bool isMetric)
    {
        byte[]?[] masks = [.. slice.Masks.Select(mask => mask?.Unpack())];
        PixelSpacing spacing = isMetric ? slice.Spacing!.Value : new PixelSpacing(1, 1);
        for (int a = 0; a < masks.Length; a++)
        {
            for (int b = a + 1; b < masks.Length; b++)
            {
                if (masks[a] is not { } first || masks[b] is not { } second)
                {
                    continue;
                }

                OverlapCounts[] overlaps = OverlapCounts.Of(first, second, set.RoiNames.Count);
                for (int roi = 1; roi <= overlaps.Length; roi++)
                {
                    OverlapCounts counts = overlaps[roi - 1];
                    (double Hausdorff95, double Mean)? distances = SurfaceDistances.Measure(first, second, (byte)roi, slice.Columns, spacing);
                    yield return (new MaskScore
                    {
                        Slice = slice.Name,
                        Patient = slice.Patient,
                        Roi = roi,
                        Name = set.RoiNames[roi - 1],
                        RaterA = set.Raters[a],
                        RaterB = set.Raters[b],
                        Dice = counts.Dice,
                        Iou = counts.Iou,
                        Hausdorff95 = distances?.Hausdorff95,
                        SurfaceDistance = distances?.Mean,
                        AreaA = counts.Truth * spacing.PixelArea,
                        AreaB = counts.Found * spacing.PixelArea,
                        PixelsA = counts.Truth,
                        PixelsB = counts.Found,
                        Unit = isMetric ? "mm" : "pixel",
                    }, counts);
                }
            }
        }
    }
}
