namespace MedSeg.Inspection;

/// <summary>How the features of one ROI are spread over a data set: medians, and deviations that single mistakes don't move.</summary>
internal sealed class RoiStatistics
{
    /// <summary>The least number of slices from which a model is made.</summary>
    public const int LeastSlices = 8;

    // Student's t with few degrees of freedom: single features that are far off weigh little more than ones that are off.
    private const double Freedom = 4;

    // The median absolute deviation of a normal distribution is this much below its standard deviation.
    private const double NormalScale = 1.4826;

    // Below these, by RoiFeature, differences mean nothing: a drawing hand is no surer.
    private static readonly double[] s_leastSpread = [0.01, 0.01, 0.02, 0.02, 0.05, 0.05, 0.15, 0.1, 0.1, 0.15];

    // How much a feature tells which ROI it is. The three positions tell the same in three ways, so each counts for a
    // third; the share of all ROIs changes when another one is lacking.
    private static readonly double[] s_weights = [1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0.5, 0, 0.5, 0.5];

    private readonly double[] _spread;

    private RoiStatistics(double[] centre, double[] spread)
    {
        Centre = centre;
        _spread = spread;
    }

    /// <summary>Makes a model.</summary>
    /// <param name="features">The features of the ROI in the slices that have it.</param>
    /// <returns>The model, or null where there are too few slices.</returns>
    public static RoiStatistics? Fit(IReadOnlyList<double[]> features)
    {
        if (features.Count < LeastSlices)
        {
            return null;
        }

        double[] centre = new double[SliceFeatures.FeatureCount];
        double[] spread = new double[SliceFeatures.FeatureCount];
        for (int f = 0; f < centre.Length; f++)
        {
            double[] values = [.. features.Select(v => v[f]).Where(double.IsFinite)];
            centre[f] = values.Length == 0 ? double.NaN : Median(values);
            spread[f] = values.Length == 0 ? double.NaN : Math.Max(s_leastSpread[f], NormalScale * Median([.. values.Select(v => Math.Abs(v - centre[f]))]));
        }

        return new RoiStatistics(centre, spread);
    }

    /// <summary>Gets the usual features; not a number where one is not known.</summary>
    public double[] Centre { get; }

    /// <summary>Says how far a feature is from what is usual, in standard deviations; 0 where it cannot be told.</summary>
    public double Deviation(double[] features, RoiFeature feature)
    {
        double z = (features[(int)feature] - Centre[(int)feature]) / _spread[(int)feature];
        return double.IsFinite(z) ? z : 0;
    }

    /// <summary>Says how likely features are for this ROI, as the logarithm of a density.</summary>
    public double LogLikelihood(double[] features)
    {
        double sum = 0;
        for (int f = 0; f < Centre.Length; f++)
        {
            double z = (features[f] - Centre[f]) / _spread[f];
            if (double.IsFinite(z))
            {
                sum -= s_weights[f] * (((Freedom + 1) / 2 * Math.Log(1 + (z * z / Freedom))) + Math.Log(_spread[f]));
            }
        }

        return sum;
    }

    /// <summary>Gives the root of the mean square of all deviations.</summary>
    public double Distance(double[] features)
    {
        double sum = 0;
        double weights = 0;
        for (int f = 0; f < Centre.Length; f++)
        {
            double z = (features[f] - Centre[f]) / _spread[f];
            if (double.IsFinite(z))
            {
                sum += s_weights[f] * z * z;
                weights += s_weights[f];
            }
        }

        return weights > 0 ? Math.Sqrt(sum / weights) : 0;
    }

    /// <summary>Gives the median, the mean of the two middle values of an even number.</summary>
    public static double Median(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
