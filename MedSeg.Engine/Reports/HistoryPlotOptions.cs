using MedSeg.Errors;

namespace MedSeg.Reports;

/// <summary>The size and title of a history plot.</summary>
public sealed record HistoryPlotOptions
{
    private const int SmallestSide = 300;
    private const int LargestSide = 16384;

    /// <summary>Gets the width of the picture in pixels, from 300 to 16384.</summary>
    public int Width { get; init; } = 1600;

    /// <summary>Gets the height of the picture in pixels, from 300 to 16384.</summary>
    public int Height { get; init; } = 700;

    /// <summary>Gets the title above the panels, or null for none.</summary>
    public string? Title { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="MedSegException">A side is out of range (<c>PlotSizeOutOfRange</c>).</exception>
    internal void Validate()
    {
        if (Width is < SmallestSide or > LargestSide || Height is < SmallestSide or > LargestSide)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument,
                ErrorIds.PlotSizeOutOfRange,
                $"The plot size is {Width}×{Height} pixels; each side must be from {SmallestSide} to {LargestSide}.");
        }
    }
}
