using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>Rounds values that are whole numbers but for errors of arithmetic, for example 0.9999999, and reports that once for each mask.</summary>
internal static class LabelRounding
{
    /// <summary>Rounds the values of a mask.</summary>
    /// <param name="image">The mask.</param>
    /// <param name="problems">Receives the notice <c>LabelRounded</c>.</param>
    /// <param name="isWhole">Whether all values are known to be whole numbers.</param>
    /// <returns>The mask with whole numbers where values are nearly whole.</returns>
    public static LabelImage Apply(LabelImage image, List<LabelProblem> problems, bool isWhole = false)
    {
        float[]? rounded = null;
        double? first = image.RoundedFrom;
        for (int i = 0; i < image.Values.Length && !isWhole; i++)
        {
            float value = image.Values[i];
            if (LabelNumber.IsNoisy(value))
            {
                rounded ??= (float[])image.Values.Clone();
                rounded[i] = MathF.Round(value);
                first ??= value;
            }
        }

        if (first is { } from)
        {
            string text = from == (float)from ? ((float)from).ToString("R", CultureInfo.InvariantCulture) : from.ToString("R", CultureInfo.InvariantCulture);
            problems.Add(new LabelProblem(ErrorIds.LabelRounded, LabelSeverity.Notice, $"Values that are almost whole numbers, such as {text}, were rounded.", 0)
            {
                Advice = "Save labels as integers (UINT8) to be certain of them.",
            });
        }

        return rounded is null ? image : image with { Values = rounded };
    }
}
