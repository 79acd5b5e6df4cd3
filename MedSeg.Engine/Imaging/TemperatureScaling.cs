namespace MedSeg.Imaging;

/// <summary>
/// Temperature scaling of probabilities (Guo et al. 2017): the logits are divided by T before the softmax. With p = softmax(z), that is
/// p^(1/T) divided by the sum, so the logits need not be known.
/// </summary>
internal static class TemperatureScaling
{
    // Single precision rounds the probabilities of a sure network to 0, whose logarithm would be infinite.
    private const double Floor = 1e-10;

    /// <summary>Returns the logarithm of a probability, which is finite.</summary>
    /// <param name="probability">The probability, 0 to 1.</param>
    public static double Log(float probability) => Math.Log(Math.Max(probability, Floor));

    /// <summary>Scales the probabilities of a pixel.</summary>
    /// <param name="probabilities">The probabilities of all channels; they need not sum to 1.</param>
    /// <param name="chosen">The channel to return.</param>
    /// <param name="temperature">The temperature, above 0.</param>
    /// <returns>The scaled probability of the channel.</returns>
    public static double Scale(ReadOnlySpan<float> probabilities, int chosen, double temperature)
    {
        double wanted = Log(probabilities[chosen]);
        double sum = 0;
        foreach (float probability in probabilities)
        {
            sum += Math.Exp((Log(probability) - wanted) / temperature);
        }

        return 1 / sum;
    }
}
