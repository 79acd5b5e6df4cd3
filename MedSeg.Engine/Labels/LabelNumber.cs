using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>Converts label values to single precision and refuses those that cannot be labels.</summary>
internal static class LabelNumber
{
    // Relative: arithmetic in single precision, such as resampling by nearest neighbour, leaves errors of about 1e-7.
    private const double Noise = 1e-5;

    /// <summary>Checks whether a value differs from a whole number, but only by errors of arithmetic.</summary>
    /// <param name="value">The value.</param>
    public static bool IsNoisy(double value) => value != Math.Round(value) && Math.Abs(value - Math.Round(value)) <= Noise * Math.Max(1, Math.Abs(value));

    /// <summary>Checks whether a number can be a label: it is finite, and exact in single precision or nearly whole.</summary>
    /// <param name="value">The number.</param>
    public static bool IsExact(double value) => double.IsFinite(value) && ((float)value == value || IsNoisy(value));

    /// <summary>Converts a number to single precision if that is exact, or the number is nearly whole.</summary>
    /// <param name="value">The number.</param>
    /// <param name="errorId">The identifier of the error.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="index">The pixel, counted row by row.</param>
    /// <param name="columns">The number of columns.</param>
    /// <returns>The number in single precision.</returns>
    /// <exception cref="FileFormatException">The number is not finite, or not exact in single precision.</exception>
    public static float Exact(double value, string errorId, string path, int index, int columns)
    {
        return IsExact(value)
            ? (float)value
            : throw new FileFormatException(
                errorId,
                path,
                $"Row {index / columns}, column {index % columns} (counted from 0) is {value.ToString("R", CultureInfo.InvariantCulture)}; labels are whole numbers from 0.")
            {
                Advice = "Save the mask with whole numbers.",
            };
    }
}
