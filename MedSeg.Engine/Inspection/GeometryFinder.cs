using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>Finds images whose size or pixel spacing differs from the other slices of the patient, or is far from what is usual in the data set.</summary>
internal static class GeometryFinder
{
    // The share of a patient's slices that must agree before a deviating one is reported.
    private const double MinimumMajority = 0.6;

    // Spacings that differ from the median by more than this factor are in another unit, or from another kind of scan.
    private const double MaximumFactor = 3;

    private const double SpacingTolerance = 0.01;

    /// <summary>Adds a problem to each slice of unusual size or spacing.</summary>
    /// <param name="slices">The slices.</param>
    public static void Find(IReadOnlyList<InspectedSlice> slices)
    {
        foreach (IGrouping<string, InspectedSlice> patient in slices.GroupBy(s => s.Sample.Patient))
        {
            FindOdd(patient, s => (s.Rows, s.Columns), ErrorIds.SizeDiffers, v => $"{v.Rows} × {v.Columns} pixels", "size");
            FindOdd(
                patient.Where(s => s.Sample.Spacing is not null),
                s => (Round(s.Spacing!.Value.Row), Round(s.Spacing!.Value.Column)),
                ErrorIds.SpacingDiffers,
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
        if (groups.Length < 2 || groups[0].Count() < Math.Max(2, MinimumMajority * total))
        {
            return;
        }

        foreach (IGrouping<T, InspectedSlice> odd in groups.Skip(1))
        {
            foreach (InspectedSlice slice in odd)
            {
                slice.Add(
                    code,
                    LabelSeverity.Warning,
                    $"The image has {describe(odd.Key)}, but {groups[0].Count()} of the {total} slices of this patient have {describe(groups[0].Key)}.",
                    $"Check whether it belongs to the same series, and whether it was resized without its {what}.",
                    isOfImage: true);
            }
        }
    }

    private static void FindSpacings(IReadOnlyList<InspectedSlice> slices)
    {
        double[] known = [.. slices.Where(s => s.Sample.Spacing is not null).Select(s => s.Sample.Spacing!.Value.PixelArea)];
        if (known.Length < Math.Max(RoiStatistics.MinimumSlices, slices.Count / 2))
        {
            return;
        }

        double usual = Math.Sqrt(Statistics.Median(known));
        foreach (InspectedSlice slice in slices)
        {
            if (slice.Sample.Spacing is not { } spacing)
            {
                slice.Add(ErrorIds.SpacingMissing, LabelSeverity.Notice, "The pixel spacing of the image is not known, unlike that of others of the data set, so its areas in mm² are not known either.", isOfImage: true);
                continue;
            }

            double factor = Math.Sqrt(spacing.PixelArea) / usual;
            if ((factor > MaximumFactor || factor < 1 / MaximumFactor) && slice.Problems.TrueForAll(p => p.Code != ErrorIds.SpacingDiffers))
            {
                string finding = string.Create(CultureInfo.InvariantCulture, $"The pixel spacing is {spacing.Row:0.###} × {spacing.Column:0.###} mm; the median of the data set is {usual:0.###} mm.");
                slice.Add(ErrorIds.SpacingDiffers, LabelSeverity.Warning, finding, "Check its unit.", isOfImage: true);
            }
        }
    }
}
