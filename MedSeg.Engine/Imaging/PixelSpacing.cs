using System.Globalization;

namespace MedSeg.Imaging;

/// <summary>The physical distance between pixel centres (DICOM PS3.3, 10.7.1.3).</summary>
/// <param name="Row">The distance between the centres of adjacent rows, in mm.</param>
/// <param name="Column">The distance between the centres of adjacent columns, in mm.</param>
public readonly record struct PixelSpacing(double Row, double Column)
{
    /// <summary>Gets the area of a pixel, in mm².</summary>
    public double PixelArea => Row * Column;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Row} × {Column} mm");
}
