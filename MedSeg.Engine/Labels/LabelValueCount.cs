namespace MedSeg.Labels;

/// <summary>A value that occurs in a label mask.</summary>
/// <param name="Value">The value as the file holds it.</param>
/// <param name="Pixels">The number of pixels that have it.</param>
public readonly record struct LabelValueCount(float Value, long Pixels)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value}: {Pixels}");
}
