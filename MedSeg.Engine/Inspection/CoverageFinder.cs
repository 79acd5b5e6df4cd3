using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>Finds ROIs that are never or rarely drawn, that are missing from single slices, or that have stray pieces.</summary>
internal static class CoverageFinder
{
    // An ROI in a smaller share of the slices is hardly learned.
    private const double Rare = 0.05;

    // An ROI, or any ROI at all, in a larger share of the slices is expected in each slice.
    private const double Usual = 0.9;

    // Smaller parts with a larger share of the largest part's pixels are not drawing slips.
    private const double Divided = 0.25;

    /// <summary>Summarises how each ROI occurs.</summary>
    public static RoiSummary[] Summarize(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<string> names) =>
        [.. names.Select((name, index) =>
        {
            int roi = index + 1;
            Sample[] having = [.. slices.Select(s => s.Sample).Where(s => s.RoiPixels[roi] > 0)];
            double[] areas = [.. having.Where(s => s.Spacing is not null).Select(s => s.RoiPixels[roi] * s.Spacing!.Value.PixelArea)];
            return new RoiSummary(
                name,
                having.Length,
                slices.Count == 0 ? 0 : having.Length / (double)Math.Max(1, slices.Count(s => s.Sample.IsDrawn(roi))),
                having.Select(s => s.Patient).Distinct().Count(),
                having.Length == 0 ? 0 : Statistics.Median([.. having.Select(s => (double)s.RoiPixels[roi])]),
                areas.Length == 0 ? null : Statistics.Median(areas));
        })];

    /// <summary>Finds ROIs that no or few masks have.</summary>
    public static IEnumerable<LabelProblem> FindRare(string labelPath, IReadOnlyList<RoiSummary> rois, int slices)
    {
        foreach ((RoiSummary roi, int number) in rois.Select((r, i) => (r, i + 1)))
        {
            if (roi.Slices == 0)
            {
                yield return new LabelProblem(ErrorIds.RoiNever, LabelSeverity.Warning, $"{labelPath}: No mask contains '{roi.Name}' ({number}), so it cannot be learned.", 0)
                {
                    Advice = "Check -LabelName, and whether the masks use another value for it.",
                };
            }
            else if (roi.Share < Rare)
            {
                string finding = string.Create(CultureInfo.InvariantCulture, $"{labelPath}: Only {roi.Slices} of {slices} slices contain '{roi.Name}' ({number}), which is hardly enough to learn it.");
                yield return new LabelProblem(ErrorIds.RoiRare, LabelSeverity.Warning, finding, 0) { Advice = "Check whether it was forgotten in the others." };
            }
        }
    }

    /// <summary>Finds masks without an ROI, or without any, that other masks have. The slices must be in the order of their names.</summary>
    public static void FindAbsent(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<RoiSummary> rois)
    {
        double filled = slices.Count(s => HasAny(s.Sample)) / (double)Math.Max(1, slices.Count);
        for (int i = 0; i < slices.Count; i++)
        {
            InspectedSlice slice = slices[i];
            if (!HasAny(slice.Sample))
            {
                if (filled >= Usual || IsBetween(slices, i, HasAny))
                {
                    slice.Add(ErrorIds.MaskEmpty, LabelSeverity.Warning, "The mask is empty, unlike those of its neighbours or nearly all others.", "Check that it was drawn and saved.");
                }

                continue;
            }

            for (int roi = 1; roi <= rois.Count; roi++)
            {
                int number = roi;
                bool isMissing = slice.Sample.RoiPixels[roi] == 0 && slice.Sample.IsDrawn(roi) && !slice.Likely.ContainsValue(roi);
                if (isMissing && (rois[roi - 1].Share >= Usual || IsBetween(slices, i, s => s.RoiPixels[number] > 0)))
                {
                    slice.Add(ErrorIds.RoiAbsent, LabelSeverity.Warning, $"'{rois[roi - 1].Name}' ({roi}) is missing, although the slices before and after or nearly all others have it.", "Check whether it was forgotten.");
                }
            }
        }
    }

    /// <summary>Finds stray pieces of ROIs that are in one piece in other slices.</summary>
    public static void FindPieces(IReadOnlyList<InspectedSlice> slices, IReadOnlyList<string> names)
    {
        for (int roi = 1; roi <= names.Count; roi++)
        {
            RoiComponents[] having = [.. slices.Select(s => s.Sample.RoiParts[roi]).Where(p => p.Count > 0)];
            if (having.Length < RoiStatistics.MinimumSlices || Statistics.Median([.. having.Select(p => (double)p.Count)]) > 1)
            {
                continue;
            }

            foreach (InspectedSlice slice in slices)
            {
                RoiComponents parts = slice.Sample.RoiParts[roi];
                long rest = slice.Sample.RoiPixels[roi] - parts.LargestPixels;
                if (parts.Count > 1 && rest >= Divided * parts.LargestPixels)
                {
                    string finding = string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{names[roi - 1]}' ({roi}) is in {parts.Count} parts, of which the largest has {parts.LargestPixels} of its {slice.Sample.RoiPixels[roi]} pixels. In other slices it is in one piece.");
                    slice.Add(ErrorIds.RoiDivided, LabelSeverity.Warning, finding, "Check whether another ROI was drawn with its number.", pixels: rest);
                }
                else if (parts.StrayPixels > 0)
                {
                    string finding = string.Create(
                        CultureInfo.InvariantCulture, $"{parts.StrayPixels} pixels of '{names[roi - 1]}' ({roi}) are not connected to its largest part. In other slices it is in one piece.");
                    slice.Add(ErrorIds.RoiPieces, LabelSeverity.Warning, finding, "Check for drawing slips.", pixels: parts.StrayPixels);
                }
            }
        }
    }

    private static bool HasAny(Sample sample) => sample.RoiPixels.Skip(1).Any(pixels => pixels > 0);

    // Whether slices of the same patient have it both before and after this one: where the structure ends, it is rightly missing.
    private static bool IsBetween(IReadOnlyList<InspectedSlice> slices, int index, Func<Sample, bool> has) =>
        IsThere(slices, index, -1, has) && IsThere(slices, index, 1, has);

    private static bool IsThere(IReadOnlyList<InspectedSlice> slices, int index, int step, Func<Sample, bool> has)
    {
        string patient = slices[index].Sample.Patient;
        for (int i = index + step; i >= 0 && i < slices.Count && slices[i].Sample.Patient == patient; i += step)
        {
            if (has(slices[i].Sample))
            {
                return true;
            }
        }

        return false;
    }
}
