namespace MedSeg.Composition;

/// <summary>Pixels above a threshold are fat.</summary>
/// <param name="Threshold">The threshold.</param>
internal sealed record ThresholdModel(double Threshold) : TissueModel(Threshold)
{
    /// <summary>Gets the threshold between muscle and what is between it and fat; null with two classes.</summary>
    public double? Lower { get; init; }

    /// <inheritdoc/>
    public override (double Fat, double? Intermediate) Measure(float[] pixels)
    {
        double fat = pixels.Count(value => value > Threshold) / (double)pixels.Length;
        return (fat, Lower is { } lower ? (pixels.Count(value => value > lower) / (double)pixels.Length) - fat : null);
    }
}
