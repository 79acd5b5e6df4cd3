using MedSeg.Options;

namespace MedSeg.Reports;

/// <summary>The content and size of a figure of agreement.</summary>
public sealed record AgreementFigureOptions
{
    /// <summary>Gets what the figure shows.</summary>
    public AgreementFigureKind Kind { get; init; }

    /// <summary>Gets the width in mm; journals print columns of 80 to 90 mm and pages of 170 to 180 mm. The height follows.</summary>
    [OptionRange(40, 1000)]
    public double Width { get; init; } = 170;

    /// <summary>Gets the resolution of a PNG, in dots per inch.</summary>
    [OptionRange(50, 1200)]
    public int Dpi { get; init; } = 300;

    /// <summary>Gets the size of the text, in points.</summary>
    [OptionRange(4, 30)]
    public double FontSize { get; init; } = 8;
}
