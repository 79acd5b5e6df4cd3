using MedSeg.Errors;

namespace MedSeg.Reports;

/// <summary>How a sheet of slices is drawn.</summary>
public sealed record PreviewOptions
{
    /// <summary>Gets the number of tiles a row, from 1 to 64; null for a choice that keeps the sheet near to a square.</summary>
    public int? Columns { get; init; }

    /// <summary>Gets the side to which slices are at least enlarged, in pixels, from 32 to 2048; only whole factors are used.</summary>
    public int SmallestSide { get; init; } = 256;

    /// <summary>Gets how much of the image the ROIs' colours cover, from 0 (outlines alone) to 1.</summary>
    public double Opacity { get; init; } = 0.4;

    /// <summary>Gets a value indicating whether each slice stands beside itself with its ROIs; otherwise only the latter is drawn.</summary>
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
                "PreviewOptionOutOfRange",
                FormattableString.Invariant($"{name} is {value}; it must be {range}."));
        }
    }
}
