using MedSeg.Imaging;

namespace MedSeg.Inspection;

/// <summary>The distribution of the features of one ROI over a data set: medians and robust deviations, which single mistakes hardly change.</summary>
internal sealed class RoiStatistics
{
    /// <summary>The minimum number of slices for statistics.</summary>
    public const int MinimumSlices = 8;

    // Student's t-distribution with few degrees of freedom: a single feature that is far off counts little more than one that is off.
    private const double Freedom = 4;

    // The standard deviation of a normal distribution in units of its median absolute deviation.
    private const double NormalScale = 1.4826;

    // By RoiFeature: smaller differences mean nothing, because drawing by hand is not more precise.
    private static readonly double[] s_minimumSpread = [0.01, 0.01, 0.02, 0.02, 0.05, 0.05, 0.15, 0.1, 0.1, 0.15];

    // By RoiFeature: how much a feature helps to identify the ROI. The three positions express the same, so each counts for a third; the
    // share of all ROIs changes if another ROI is missing.
    private static readonly double[] s_weights = [1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0.5, 0, 0.5, 0.5];

    private readonly double[] _spread;

    private RoiStatistics(double[] centre, double[] spread)
    {
        Centre = centre;
        _spread = spread;
    }

    /// <summary>Computes the statistics.</summary>
    /// <param name="features">The features of the ROI in each slice that has it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The statistics; null if there are too few slices.</returns>
    public static RoiStatistics? Fit(IReadOnlyList<double[]> features, CancellationToken cancellationToken)
    {
        if (features.Count < MinimumSlices)
        {
            return null;
        }

        double[] centre = new double[SliceFeatures.FeatureCount];
        double[] spread = new double[SliceFeatures.FeatureCount];
        for (int f = 0; f < centre.Length; f++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[] values = [.. features.Select(v => v[f]).Where(double.IsFinite)];
            centre[f] = values.Length == 0 ? double.NaN : Statistics.Median(values);
            spread[f] = values.Length == 0 ? double.NaN : Math.Max(s_minimumSpread[f], NormalScale * Statistics.Median([.. values.Select(v => Math.Abs(v - centre[f]))]));
        }

        return new RoiStatistics(centre, spread);
    }

    /// <summary>Gets the medians of the features; NaN if one is not known.</summary>
    public double[] Centre { get; }

    /// <summary>Computes how far a feature is from its median, in standard deviations; 0 if that is not known.</summary>
    public double Deviation(double[] features, RoiFeature feature)
    {
        double z = (features[(int)feature] - Centre[(int)feature]) / _spread[(int)feature];
        return double.IsFinite(z) ? z : 0;
    }

    /// <summary>Computes the log-likelihood of the features for this ROI.</summary>
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

    /// <summary>Computes the weighted root mean square of all deviations.</summary>
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
}
