namespace MedSeg.Imaging;

/// <summary>The least, the greatest and the mean of values.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The greatest value.</param>
/// <param name="Mean">The mean.</param>
public sealed record ValueStatistics(double Minimum, double Maximum, double Mean)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Minimum:0.####} to {Maximum:0.####}, mean {Mean:0.####}");
}
