using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>The error for a colour mask without a mapping from colours to ROIs.</summary>
internal static class LabelColor
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="row">The row of the first pixel that is not grey, from 0.</param>
    /// <param name="column">Its column, from 0.</param>
    /// <param name="red">Its red value.</param>
    /// <param name="green">Its green value.</param>
    /// <param name="blue">Its blue value.</param>
    /// <returns>The error.</returns>
    public static FileFormatException Error(string path, int row, int column, int red, int green, int blue) => new(
        ErrorIds.LabelColor,
        path,
        $"The mask is in colour, and there is no mapping of its colours to ROIs: row {row}, column {column} (counted from 0) is red {red}, green {green}, blue {blue}.")
    {
        Advice = "Use -LabelColor to map the colours of PNG or TIFF masks to ROIs, or save the mask as a grey or indexed PNG whose values are the ROI numbers (0 is background).",
    };
}
