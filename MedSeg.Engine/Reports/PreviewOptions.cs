using MedSeg.Errors;

namespace MedSeg.Reports;

/// <summary>The layout of a sheet of slices.</summary>
public sealed record PreviewOptions
{
    /// <summary>Gets the number of tiles per row, from 1 to 64; null for a nearly square sheet.</summary>
    public int? Columns { get; init; }

    /// <summary>Gets the smallest side of a drawn slice, in pixels, from 32 to 2048; smaller slices are enlarged by a whole factor.</summary>
    public int SmallestSide { get; init; } = 256;

    /// <summary>Gets the opacity of the ROI colours, from 0 (outlines only) to 1.</summary>
    public double Opacity { get; init; } = 0.4;

    /// <summary>Gets a value indicating whether each slice is drawn without and with its ROIs; otherwise only with them.</summary>
    public bool IsPaired { get; init; } = true;

    /// <summary>Checks the values.</summary>
    /// <exception cref="MedSegException">A value is out of its range.</exception>
    internal void Validate()
    {
        Require(Columns is null or (>= 1 and <= 64), nameof(Columns), Columns, "from 1 to 64");
        Require(SmallestSide is >= 32 and <= 2048, nameof(SmallestSide), SmallestSide, "from 32 to 2048");
        Require(Opacity is >= 0 and <= 1, nameof(Opacity), Opacity, "from 0 to 1");
    }

    private static void Require(bool condition, string name, object? value, string range)
    {
        if (!condition)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument,
                ErrorIds.PreviewOptionOutOfRange,
                FormattableString.Invariant($"{name} is {value}; it must be {range}."));
        }
    }
}
