using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>Finds images whose size or pixel spacing differs from those of the same patient, or is out of the set's range.</summary>
internal static class GeometryFinder
{
    // The share of a patient's slices that must agree before one that doesn't is told.
    private const double LeastMajority = 0.6;

    // Spacings this far from the set's median are a mistake of units, or another kind of scan.
    private const double GreatestFactor = 3;

    private const double SpacingTolerance = 0.01;

    /// <summary>Finds them.</summary>
    public static void Find(IReadOnlyList<InspectedSlice> slices)
    {
        foreach (IGrouping<string, InspectedSlice> patient in slices.GroupBy(s => s.Sample.Patient))
        {
            FindOdd(patient, s => (s.Rows, s.Columns), "SizeDiffers", v => $"{v.Rows} × {v.Columns} pixels", "size");
            FindOdd(
                patient.Where(s => s.Sample.Spacing is not null),
                s => (Round(s.Spacing!.Value.Row), Round(s.Spacing!.Value.Column)),
                "SpacingDiffers",
                v => string.Create(CultureInfo.InvariantCulture, $"a pixel spacing of about {Math.Exp(v.Item1 * SpacingTolerance):0.###} × {Math.Exp(v.Item2 * SpacingTolerance):0.###} mm"),
                "pixel spacing");
        }

        FindSpacings(slices);
    }

    private static int Round(double spacing) => (int)Math.Round(Math.Log(Math.Max(1e-9, spacing)) / SpacingTolerance);

    private static void FindOdd<T>(IEnumerable<InspectedSlice> patient, Func<Sample, T> value, string code, Func<T, string> describe, string what)
        where T : notnull
    {
        IGrouping<T, InspectedSlice>[] groups = [.. patient.GroupBy(s => value(s.Sample)).OrderByDescending(g => g.Count())];
        int total = groups.Sum(g => g.Count());
        if (groups.Length < 2 || groups[0].Count() < Math.Max(2, LeastMajority * total))
        {
            return;
        }

        foreach (IGrouping<T, InspectedSlice> odd in groups.Skip(1))
        {
            foreach (InspectedSlice slice in odd)
            {
                slice.Add(code, LabelSeverity.Warning, $"the image has {describe(odd.Key)}; {groups[0].Count()} of the {total} slices of this patient have {describe(groups[0].Key)}. Check whether it is of the same series and was not resized without its {what}.", isOfImage: true);
            }
        }
    }

    private static void FindSpacings(IReadOnlyList<InspectedSlice> slices)
    {
        double[] known = [.. slices.Where(s => s.Sample.Spacing is not null).Select(s => s.Sample.Spacing!.Value.PixelArea)];
        if (known.Length < Math.Max(RoiStatistics.LeastSlices, slices.Count / 2))
        {
            return;
        }

        double usual = Math.Sqrt(RoiStatistics.Median(known));
        foreach (InspectedSlice slice in slices)
        {
            if (slice.Sample.Spacing is not { } spacing)
            {
                slice.Add("SpacingMissing", LabelSeverity.Notice, "the image does not tell its pixel spacing, so areas are not known; others of the set do.", isOfImage: true);
                continue;
            }

            double factor = Math.Sqrt(spacing.PixelArea) / usual;
            if ((factor > GreatestFactor || factor < 1 / GreatestFactor) && slice.Problems.TrueForAll(p => p.Code != "SpacingDiffers"))
            {
                slice.Add("SpacingDiffers", LabelSeverity.Warning, string.Create(CultureInfo.InvariantCulture, $"the pixel spacing is {spacing.Row:0.###} × {spacing.Column:0.###} mm; usual in this set is {usual:0.###} mm. Check its unit."), isOfImage: true);
            }
        }
    }
}
