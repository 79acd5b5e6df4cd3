using System.Globalization;

namespace MedSeg.Dicom.Parsing;

/// <summary>Parses decimal strings (DS; DICOM PS3.5, 6.2), also of programs that write a decimal comma.</summary>
internal static class DecimalText
{
    /// <summary>Parses a number with a decimal point.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The number, or NaN.</returns>
    public static double Parse(string text) =>
        double.TryParse(text.Trim(' ', '\0'), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    /// <summary>Parses a known number of values, which makes a comma within one of them a decimal comma.</summary>
    /// <param name="text">The values, separated by backslashes.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="hasCommas">Whether a value has a decimal comma.</param>
    /// <returns>The values; <see langword="null"/> if there is another number of them, or one is not a finite number.</returns>
    public static double[]? Parse(string text, int count, out bool hasCommas)
    {
        hasCommas = text.Contains(',', StringComparison.Ordinal);
        string[] parts = text.Split('\\');
        double[] values = Array.ConvertAll(parts, part => Parse(HasDecimalComma(part) ? part.Replace(',', '.') : part));
        return parts.Length == count && Array.TrueForAll(values, double.IsFinite) ? values : null;
    }

    private static bool HasDecimalComma(string part) => part.Count(c => c == ',') == 1 && !part.Contains('.', StringComparison.Ordinal);
}
