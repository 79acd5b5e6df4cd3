namespace MedSeg.Labels;

/// <summary>A value of a label mask and how often it occurs.</summary>
/// <param name="Value">The value in the file.</param>
/// <param name="Pixels">The number of pixels that have it.</param>
public readonly record struct LabelValueCount(float Value, long Pixels)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value}: {Pixels}");
}
