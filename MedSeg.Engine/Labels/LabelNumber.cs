using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>Refuses numbers that no label can be.</summary>
internal static class LabelNumber
{
    /// <summary>Gives a number in single precision, where it is the same.</summary>
    /// <param name="value">The number.</param>
    /// <param name="errorId">The identifier of the error.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="index">The pixel, counted row by row.</param>
    /// <param name="columns">The number of columns.</param>
    /// <returns>The same number.</returns>
    /// <exception cref="FileFormatException">The number is not finite, or single precision does not hold it exactly.</exception>
    public static float Exact(double value, string errorId, string path, int index, int columns)
    {
        float single = (float)value;
        return double.IsFinite(value) && single == value
            ? single
            : throw new FileFormatException(errorId, path, $"row {index / columns}, column {index % columns} (counted from 0) holds {value.ToString("R", CultureInfo.InvariantCulture)}; a label is a whole number from 0 up. Save the mask with whole numbers.");
    }
}
