using MedSeg.Imaging;

namespace MedSeg.Composition;

/// <summary>Adds the fractions of fat to measured slices.</summary>
internal static class FatMeasure
{
    /// <summary>Adds fat.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="options">The method.</param>
    /// <returns>The ROIs of all slices, in the same order.</returns>
    public static IEnumerable<RoiComposition> Add(IReadOnlyList<MeasuredSlice> slices, CompositionOptions options) => options.Method switch
    {
        FatMethod.None => slices.SelectMany(slice => slice.Rois),
        FatMethod.Dixon => slices.SelectMany(slice => slice.Rois.Select((roi, i) => slice.FatFractions[i].Length > 0 ? roi with { FatPercent = 100 * slice.FatFractions[i].Average(f => (double)f) } : roi)),
        _ => AddByModel(slices, options),
    };

    private static IEnumerable<RoiComposition> AddByModel(IReadOnlyList<MeasuredSlice> slices, CompositionOptions options)
    {
        Dictionary<string, TissueModel?> ofPatients = options.FatScope == FatScope.Patient
            ? slices.GroupBy(s => s.Rois[0].Patient).ToDictionary(g => g.Key, g => Fit([.. g], options))
            : [];
        foreach (MeasuredSlice slice in slices)
        {
            TissueModel? ofSlice = options.FatScope switch
            {
                FatScope.Patient => ofPatients[slice.Rois[0].Patient],
                FatScope.Slice => Fit([slice], options),
                _ => null,
            };
            for (int i = 0; i < slice.Rois.Count; i++)
            {
                float[] pixels = slice.Intensities[i];
                TissueModel? model = options.FatScope != FatScope.Roi ? ofSlice : options.Method == FatMethod.Reference ? Fit([slice], options) : TissueModel.Fit(options.Method, options.Components, pixels);
                yield return pixels.Length == 0 || model is null ? slice.Rois[i] : Add(slice.Rois[i], model, pixels);
            }
        }
    }

    private static TissueModel? Fit(MeasuredSlice[] slices, CompositionOptions options)
    {
        if (options.Method == FatMethod.Reference)
        {
            double[] reference = [.. slices.SelectMany(s => s.Intensities.Where((_, i) => s.Rois[i].Roi == options.ReferenceRoi)).SelectMany(pixels => pixels).Select(v => (double)v)];
            return reference.Length > 0 ? new ThresholdModel(options.ReferenceFraction * Statistics.Median(reference)) : null;
        }

        return TissueModel.Fit(options.Method, options.Components, [.. slices.SelectMany(s => s.Intensities).SelectMany(pixels => pixels)]);
    }

    private static RoiComposition Add(RoiComposition roi, TissueModel model, float[] pixels)
    {
        (double fat, double? intermediate) = model.Measure(pixels);
        return roi with { FatThreshold = model.Threshold, FatPercent = 100 * fat, IntermediatePercent = 100 * intermediate };
    }
}
