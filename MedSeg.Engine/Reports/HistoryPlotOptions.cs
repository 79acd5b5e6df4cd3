using MedSeg.Errors;

namespace MedSeg.Reports;

/// <summary>How a history is drawn.</summary>
public sealed record HistoryPlotOptions
{
    private const int SmallestSide = 300;
    private const int LargestSide = 16384;

    /// <summary>Gets the width of the picture in pixels, from 300 to 16384.</summary>
    public int Width { get; init; } = 1600;

    /// <summary>Gets the height of the picture in pixels, from 300 to 16384.</summary>
    public int Height { get; init; } = 700;

    /// <summary>Gets a line to be written above the panels, or null for none.</summary>
    public string? Title { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="MedSegException">The picture would be too small to read or too large to make.</exception>
    internal void Validate()
    {
        if (Width is < SmallestSide or > LargestSide || Height is < SmallestSide or > LargestSide)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument,
                "PlotSizeOutOfRange",
                $"A plot of {Width}×{Height} pixels was asked for; each side must be from {SmallestSide} to {LargestSide}.");
        }
    }
}
