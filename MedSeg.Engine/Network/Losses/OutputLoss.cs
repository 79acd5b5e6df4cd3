namespace MedSeg.Network.Losses;

/// <summary>The loss of one output from the sums of its images, and the derivatives with respect to these sums.</summary>
internal sealed class OutputLoss
{
    private readonly double[] _sums;
    private readonly float[]? _drawn;
    private readonly int _images;
    private readonly int _channels;

    /// <summary>Initializes a new instance of the <see cref="OutputLoss"/> class.</summary>
    /// <param name="function">The loss.</param>
    /// <param name="weight">The weight of the output.</param>
    /// <param name="sums">The <see cref="LossSums"/> of each image.</param>
    /// <param name="channels">The number of channels, K + 1.</param>
    /// <param name="drawn">Ones for the ROIs that were drawn in each image, and zeros for others, [B, K]; null if all were.</param>
    public OutputLoss(LossFunction function, double weight, double[] sums, int channels, float[]? drawn)
    {
        (_sums, _channels, _drawn) = (sums, channels, drawn);
        _images = sums.Length / LossSums.Length(channels);
        OverlapFactors = new float[_images * channels];
        SquareFactors = new float[_images * channels];
        double dice = function.IsOfBatch() ? BatchDice(weight) : Dice(weight);
        Value = weight * (1 - dice);
        if (function.HasCrossEntropy())
        {
            (double logarithms, double known) = Total();
            Value -= weight * logarithms / known;
            LogarithmFactor = (float)(-weight / known);
        }
    }

    /// <summary>Gets the loss, times the weight of the output.</summary>
    public double Value { get; }

    /// <summary>Gets the derivative with respect to Σpg of each image and channel; 0 for the background.</summary>
    public float[] OverlapFactors { get; }

    /// <summary>Gets twice the derivative with respect to Σp² of each image and channel.</summary>
    public float[] SquareFactors { get; }

    /// <summary>Gets the derivative with respect to the sum of the logarithms; 0 without cross-entropy.</summary>
    public float LogarithmFactor { get; }

    /// <summary>Computes what <see cref="TrainingDice"/> measures: the sum of the Dice scores, and their number.</summary>
    public (double Sum, double Count) TrainingDice()
    {
        (double sum, double count) = (0, 0);
        for (int image = 0; image < _images; image++)
        {
            LossSums sums = SumsOf(image);
            for (int k = 1; k < _channels; k++)
            {
                if (Drawn(image, k) > 0 && (sums.Areas[k] > 0 || sums.Found[k] > 0))
                {
                    sum += 2 * sums.Overlaps[k] / Both(sums, k);
                    count++;
                }
            }
        }

        return (sum, count);
    }

    private LossSums SumsOf(int image) => new(_sums.AsSpan(image * LossSums.Length(_channels), LossSums.Length(_channels)), _channels);

    // The denominator of D: Σp² + Σg² + ε.
    private static double Both(LossSums sums, int channel) => sums.Squares[channel] + sums.Areas[channel] + DiceLoss.Epsilon;

    private float Drawn(int image, int channel) => _drawn is null ? 1 : _drawn[(image * (_channels - 1)) + channel - 1];

    // The mean of each image and ROI.
    private double Dice(double weight)
    {
        double total = _drawn is null ? _images * (_channels - 1) : Math.Max(1, _drawn.Sum(drawn => (double)drawn));
        double dice = 0;
        for (int image = 0; image < _images; image++)
        {
            LossSums sums = SumsOf(image);
            for (int k = 1; k < _channels; k++)
            {
                double share = Drawn(image, k) / total;
                double both = Both(sums, k);
                dice += share * 2 * sums.Overlaps[k] / both;
                SetFactors(image, k, weight * share, 2 * sums.Overlaps[k], both);
            }
        }

        return dice;
    }

    // The mean of each ROI, over the images in which it was drawn together.
    private double BatchDice(double weight)
    {
        double[] most = new double[_channels];
        for (int k = 1; k < _channels; k++)
        {
            for (int image = 0; image < _images; image++)
            {
                most[k] = Math.Max(most[k], Drawn(image, k));
            }
        }

        double total = Math.Max(1, most.Sum());
        double dice = 0;
        for (int k = 1; k < _channels; k++)
        {
            double twice = SegmentationLoss.BatchSmoothing;
            double both = SegmentationLoss.BatchSmoothing;
            for (int image = 0; image < _images; image++)
            {
                LossSums sums = SumsOf(image);
                twice += 2 * Drawn(image, k) * sums.Overlaps[k];
                both += Drawn(image, k) * (sums.Squares[k] + sums.Areas[k]);
            }

            dice += most[k] / total * twice / both;
            for (int image = 0; image < _images; image++)
            {
                SetFactors(image, k, weight * most[k] / total * Drawn(image, k), twice, both);
            }
        }

        return dice;
    }

    // Of −share · twice / both.
    private void SetFactors(int image, int channel, double share, double twice, double both)
    {
        OverlapFactors[(image * _channels) + channel] = (float)(-2 * share / both);
        SquareFactors[(image * _channels) + channel] = (float)(2 * share * twice / (both * both));
    }

    private (double Logarithms, double Known) Total()
    {
        (double logarithms, double known) = (0, 0);
        for (int image = 0; image < _images; image++)
        {
            LossSums sums = SumsOf(image);
            logarithms += sums.Logarithms;
            known += sums.Known;
        }

        return (logarithms, Math.Max(1, known));
    }
}
