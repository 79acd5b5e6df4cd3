using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>The error of a mask whose colours do not say which ROI they stand for.</summary>
internal static class LabelColor
{
    /// <summary>Makes the error.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="row">The row of the first pixel whose channels differ, from 0.</param>
    /// <param name="column">Its column, from 0.</param>
    /// <param name="red">Its red value.</param>
    /// <param name="green">Its green value.</param>
    /// <param name="blue">Its blue value.</param>
    /// <returns>The error.</returns>
    public static FileFormatException Error(string path, int row, int column, int red, int green, int blue) => new(
        "LabelColor",
        path,
        $"the mask is in colour: row {row}, column {column} (counted from 0) is red {red}, green {green}, blue {blue}. Colours do not say which ROI they stand for; save the mask as a grey or indexed PNG whose values are the ROI numbers (0 is background), or say with -LabelColor which ROI each colour of a PNG or TIFF file stands for.");
}
