using MedSeg.Volumes;

namespace MedSeg.Composition;

/// <summary>Summarizes slices by patient, and by patient and level.</summary>
internal static class CompositionSummary
{
    /// <summary>Summarizes all slices of each patient.</summary>
    /// <param name="slices">The ROIs of the slices.</param>
    public static PatientComposition[] ByPatient(IEnumerable<RoiComposition> slices) =>
        [.. Groups(slices).Select(group => Summarize([.. group.Select(s => s.Slice)], group.Select(s => s.Depth)))];

    /// <summary>Summarizes the slices of each scan of each patient.</summary>
    /// <param name="slices">The ROIs of the slices.</param>
    public static PatientComposition[] ByScan(IEnumerable<RoiComposition> slices) =>
    [
        .. slices.GroupBy(slice => (slice.Patient, slice.Scan)).SelectMany(scan => ByPatient(scan).Select(row => row with { Scan = scan.Key.Scan.Length > 0 ? scan.Key.Scan : null })),
    ];

    /// <summary>Summarizes the slices of each level of each patient. Slices without a level are left out.</summary>
    /// <param name="slices">The ROIs of the slices.</param>
    public static PatientComposition[] ByLevel(IEnumerable<RoiComposition> slices) =>
    [
        .. Groups(slices).SelectMany(group => group.Where(s => s.Slice.Level is not null).GroupBy(s => s.Slice.Level))
            .Select(group => Summarize([.. group.Select(s => s.Slice)], group.Select(s => s.Depth)) with { Level = group.Key }),
    ];

    // A slab reaches halfway to the next slice, whichever level that is of.
    private static IEnumerable<(RoiComposition Slice, double? Depth)[]> Groups(IEnumerable<RoiComposition> slices)
    {
        foreach (IGrouping<string, RoiComposition> patient in slices.GroupBy(s => s.Patient))
        {
            foreach (IGrouping<(int Roi, BodySide? Side), RoiComposition> group in patient.GroupBy(s => (s.Roi, s.Side)))
            {
                RoiComposition[] sorted = [.. group.OrderBy(s => s.Location)];
                double[]? depths = SlabDepth.Of([.. sorted.Select(s => s.Location)]);
                yield return [.. sorted.Select((slice, i) => (slice, depths?[i]))];
            }
        }
    }

    private static PatientComposition Summarize(RoiComposition[] slices, IEnumerable<double?> depths)
    {
        RoiComposition[] seen = [.. slices.Where(s => s.Pixels > 0)];
        RoiComposition[] rated = [.. seen.Where(s => s.FatPercent is not null)];
        double[] known = [.. depths.OfType<double>()];
        bool hasDepths = known.Length == slices.Length;
        bool hasAreas = Array.TrueForAll(slices, s => s.Area is not null);
        bool isLean = seen.Length > 0 && rated.Length == seen.Length && hasAreas;
        return new PatientComposition
        {
            Patient = slices[0].Patient,
            Roi = slices[0].Roi,
            Name = slices[0].Name,
            Side = slices[0].Side,
            Slices = slices.Length,
            SlicesWithRoi = seen.Length,
            MeanArea = hasAreas && seen.Length > 0 ? seen.Average(s => s.Area) : null,
            LargestArea = hasAreas && seen.Length > 0 ? seen.Max(s => s.Area) : null,
            LargestSlice = seen.MaxBy(s => s.Pixels)?.Slice,
            Volume = hasAreas && hasDepths ? slices.Select((s, i) => s.Area!.Value * known[i]).Sum() : null,
            Mean = seen.Any(s => s.Mean is not null) ? seen.Sum(s => s.Mean * s.MeasuredPixels) / seen.Sum(s => s.MeasuredPixels) : null,
            FatPercent = rated.Length > 0 ? rated.Sum(s => s.FatPercent * (s.Area ?? s.Pixels)) / rated.Sum(s => s.Area ?? s.Pixels) : null,
            MeanLeanArea = isLean ? seen.Average(s => s.LeanArea) : null,
            LeanVolume = isLean && hasDepths ? slices.Select((s, i) => (s.LeanArea ?? 0) * known[i]).Sum() : null,
            FatMethod = slices[0].FatMethod,
        };
    }
}
