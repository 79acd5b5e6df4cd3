namespace MedSeg.Imaging;

/// <summary>A colour in sRGB, each part from 0 to 255.</summary>
/// <param name="Red">The red part.</param>
/// <param name="Green">The green part.</param>
/// <param name="Blue">The blue part.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <inheritdoc/>
    public override string ToString() => $"#{Red:X2}{Green:X2}{Blue:X2}";
}
