using MedSeg.Options;

namespace MedSeg.Reports;

/// <summary>The size of a figure for a paper.</summary>
public record FigureOptions
{
    /// <summary>The smallest width, in mm.</summary>
    public const double MinWidth = 40;

    /// <summary>The largest width, in mm.</summary>
    public const double MaxWidth = 1000;

    /// <summary>The lowest resolution, in dots per inch.</summary>
    public const int MinDpi = 50;

    /// <summary>The highest resolution, in dots per inch.</summary>
    public const int MaxDpi = 1200;

    /// <summary>The smallest text, in points.</summary>
    public const double MinFontSize = 4;

    /// <summary>The largest text, in points.</summary>
    public const double MaxFontSize = 30;

    /// <summary>Gets the width in mm; journals print columns of 80 to 90 mm and pages of 170 to 180 mm. The height follows.</summary>
    [OptionRange(MinWidth, MaxWidth)]
    public double Width { get; init; } = 170;

    /// <summary>Gets the resolution of a PNG, in dots per inch.</summary>
    [OptionRange(MinDpi, MaxDpi)]
    public int Dpi { get; init; } = 300;

    /// <summary>Gets the size of the text, in points.</summary>
    [OptionRange(MinFontSize, MaxFontSize)]
    public double FontSize { get; init; } = 8;
}
