using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>Checks masks from lossless formats: each value must be a whole number from 0 to K.</summary>
internal static class LosslessLabelRule
{
    private const int ValuesShown = 10;

    // Nobody draws as many.
    private const int MostRois = 255;

    /// <summary>Adds an error for each way in which the values break the rule.</summary>
    /// <param name="values">The values that occur.</param>
    /// <param name="roiCount">The number of ROIs K.</param>
    /// <param name="problems">Receives the errors.</param>
    public static void Check(IReadOnlyList<LabelValueCount> values, int roiCount, List<LabelProblem> problems)
    {
        Add(
            problems,
            ErrorIds.LabelFraction,
            values.Where(v => !IsWhole(v.Value)),
            list => $"Labels must be whole numbers from 0 (background) to {roiCount}, but the mask has the value {Text(list[0].Value)}.",
            "Resizing with interpolation causes this: resize the mask by nearest neighbour, or save it again from the program in which it was drawn.");
        Add(
            problems,
            ErrorIds.LabelNegative,
            values.Where(v => IsWhole(v.Value) && v.Value < 0),
            list => $"Labels must be whole numbers from 0 (background) to {roiCount}, but the mask has negative values ({List(list)}).",
            "Set pixels outside of all ROIs to 0.");
        if (IsBinaryMask(values, roiCount))
        {
            Add(
                problems,
                ErrorIds.LabelBinaryMask,
                values.Where(v => v.Value == 255),
                _ => $"This is a 0/255 mask, as drawing programs save a single selection. It does not say which {(roiCount == 1 ? "ROI" : $"of the {roiCount} ROIs")} is meant.",
                $"Say which ROI it is, for example with -LabelMap @{{255=1}}, or save ROI numbers: 0 for background and {(roiCount == 1 ? "1 for the ROI" : $"1 to {roiCount} for the ROIs")}.");
            return;
        }

        Add(
            problems,
            ErrorIds.LabelAboveRange,
            values.Where(v => IsWhole(v.Value) && v.Value > roiCount),
            list => $"Labels must be whole numbers from 0 (background) to {roiCount}, but {List(list)} occur{(list.Count == 1 ? "s" : "")}; the values in the file are {List(values)}.",
            (values.Count > MostRois ? "If the file is an image, the folders of images and masks are swapped. " : "") + "Check the number of ROIs, save ROI numbers rather than grey levels, or map the values to ROIs with -LabelMap.");
    }

    /// <summary>Lists values for a message, ten at most.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The values, separated by commas.</returns>
    public static string List(IReadOnlyList<LabelValueCount> values)
    {
        string list = string.Join(", ", values.Take(ValuesShown).Select(v => Text(v.Value)));
        return values.Count > ValuesShown ? $"{list} and {values.Count - ValuesShown} more" : list;
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static bool IsWhole(float value) => float.IsFinite(value) && value == MathF.Floor(value);

    private static bool IsBinaryMask(IReadOnlyList<LabelValueCount> values, int roiCount) =>
        roiCount < 255 && values.Count is 1 or 2 && values[^1].Value == 255 && (values.Count == 1 || values[0].Value == 0);

    private static void Add(
        List<LabelProblem> problems, string code, IEnumerable<LabelValueCount> found, Func<List<LabelValueCount>, string> message, string advice)
    {
        List<LabelValueCount> list = [.. found];
        if (list.Count > 0)
        {
            long pixels = list.Sum(v => v.Pixels);
            problems.Add(new LabelProblem(code, LabelSeverity.Error, $"{message(list)} {Count(pixels)}", pixels) { Advice = advice });
        }
    }

    private static string Count(long pixels) =>
        pixels == 1 ? "One pixel is affected." : string.Create(CultureInfo.InvariantCulture, $"{pixels:N0} pixels are affected.");
}
