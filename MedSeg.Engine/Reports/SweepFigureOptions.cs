using MedSeg.Options;

namespace MedSeg.Reports;

/// <summary>The size of the figure of a sweep.</summary>
public sealed record SweepFigureOptions
{
    /// <summary>Gets the width in mm. The height follows.</summary>
    [OptionRange(40, 1000)]
    public double Width { get; init; } = 170;

    /// <summary>Gets the resolution of a PNG, in dots per inch.</summary>
    [OptionRange(50, 1200)]
    public int Dpi { get; init; } = 300;

    /// <summary>Gets the size of the text, in points.</summary>
    [OptionRange(4, 30)]
    public double FontSize { get; init; } = 8;
}
