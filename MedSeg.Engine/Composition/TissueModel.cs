namespace MedSeg.Composition;

/// <summary>Separates muscle, fat and what is between by intensity.</summary>
/// <param name="Threshold">The intensity above which a pixel is fat, or fat is most probable.</param>
internal abstract record TissueModel(double Threshold)
{
    /// <summary>The fewest pixels that a model is fitted to.</summary>
    public const int FewestPixels = 20;

    /// <summary>Returns the fractions of tissues among pixels.</summary>
    /// <param name="pixels">The intensities, at least one.</param>
    /// <returns>The fraction of fat, and that between muscle and fat; null with two classes.</returns>
    public abstract (double Fat, double? Intermediate) Measure(float[] pixels);

    /// <summary>Fits a model.</summary>
    /// <param name="method">Otsu, KMeans or Mixture.</param>
    /// <param name="components">The number of classes, 2 or 3.</param>
    /// <param name="pixels">The intensities.</param>
    /// <returns>The model; null for too few pixels, or if all are equal.</returns>
    public static TissueModel? Fit(FatMethod method, int components, float[] pixels)
    {
        float[] sorted = [.. pixels.Order()];
        if (sorted.Length < FewestPixels || sorted[0] == sorted[^1])
        {
            return null;
        }

        return method switch
        {
            FatMethod.Otsu => new ThresholdModel(OtsuSplit.Of(sorted)),
            FatMethod.KMeans => OfClusters(Clusters.Thresholds(Clusters.Centers(sorted, components))),
            _ => MixtureModel.Fit(sorted, components),
        };
    }

    private static ThresholdModel OfClusters(double[] thresholds) => new(thresholds[^1]) { Lower = thresholds.Length > 1 ? thresholds[0] : null };
}
