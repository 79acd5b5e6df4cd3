using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Composition;

/// <summary>Adds the fractions of fat to measured slices.</summary>
internal static class FatMeasure
{
    /// <summary>Fits the models that separate fat and muscle.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="options">The method.</param>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A model for each ROI of each slice; null where none is used or can be fitted.</returns>
    public static TissueModel?[][] Fit(IReadOnlyList<MeasuredSlice> slices, CompositionOptions options, EngineEvents? events, CancellationToken cancellationToken)
    {
        if (options.Method is FatMethod.None or FatMethod.Dixon)
        {
            return [.. slices.Select(slice => new TissueModel?[slice.Rois.Count])];
        }

        if (options.FatScope == FatScope.Patient)
        {
            MeasuredSlice[][] patients = [.. slices.GroupBy(s => s.Rois[0].Patient).Select(g => g.ToArray())];
            Dictionary<string, TissueModel?> ofPatients = patients.Select(patient => patient[0].Rois[0].Patient).Zip(ForEach(patients, patient => Fit(patient, options))).ToDictionary();
            return [.. slices.Select(slice => Repeat(ofPatients[slice.Rois[0].Patient], slice))];
        }

        return ForEach(slices, slice => options.FatScope == FatScope.Slice || options.Method == FatMethod.Reference
            ? Repeat(Fit([slice], options), slice)
            : [.. slice.Intensities.Select(pixels => TissueModel.Fit(options.Method, options.Components, pixels))]);

        TModel[] ForEach<T, TModel>(IReadOnlyList<T> items, Func<T, TModel> fit)
        {
            var models = new TModel[items.Count];
            ParallelLoop.For(models.Length, i => models[i] = fit(items[i]), "Separating fat and muscle", events, cancellationToken);
            return models;
        }
    }

    /// <summary>Adds fat.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="models">The model of each ROI of each slice.</param>
    /// <param name="options">The method.</param>
    /// <returns>The ROIs of all slices, in the same order.</returns>
    public static IEnumerable<RoiComposition> Add(IReadOnlyList<MeasuredSlice> slices, TissueModel?[][] models, CompositionOptions options) => options.Method switch
    {
        FatMethod.None => slices.SelectMany(slice => slice.Rois),
        FatMethod.Dixon => slices.SelectMany(slice => slice.Rois.Select((roi, i) => slice.FatFractions[i].Length > 0 ? roi with { FatPercent = 100 * slice.FatFractions[i].Average(f => (double)f) } : roi)),
        _ => slices.SelectMany((slice, s) => slice.Rois.Select((roi, i) => slice.Intensities[i].Length > 0 && models[s][i] is { } model ? Add(roi, model, slice.Intensities[i]) : roi)),
    };

    private static TissueModel?[] Repeat(TissueModel? model, MeasuredSlice slice) => [.. Enumerable.Repeat(model, slice.Rois.Count)];

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
