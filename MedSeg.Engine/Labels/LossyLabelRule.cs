using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>
/// Checks masks from JPEG files. JPEG changes grey values near edges, by several levels even at quality 95, and a
/// changed value may look like the number of another ROI. So ROI numbers can be recovered only if they were stored far
/// apart: ROI k as the grey level k·s, with a step s of 8 or more.
/// <list type="bullet">
/// <item>The step must be certain: the caller gives it; or the levels are 255·k/K (or k times 255/K rounded down); or all
/// K + 1 levels occur in the mask, evenly spaced. A guess from a mask without some of the ROIs could take ROI 4 of step
/// 20 for ROI 2 of step 40.</item>
/// <item>If the step is found rather than given, the mean of the pixels near a level must be within 3 grey levels of
/// it.</item>
/// <item>Every pixel must be within a quarter of the step of a level, and within 10 grey levels. A single pixel beyond
/// is an error: compression strong enough to move a pixel from one level to another leaves others in between.</item>
/// <item>Masks with plain ROI numbers (step 1) are always refused: of a test mask with six ROIs, a sixth of the pixels
/// changed at quality 75 and a fortieth at quality 100, and nothing in the file shows it. A caller who has only such
/// masks can give a step below 8: values are then used as they are, with a warning.</item>
/// </list>
/// A mask that is 0 everywhere is all background.
/// </summary>
internal static class LossyLabelRule
{
    /// <summary>The smallest step, in grey levels, at which labels can be distinguished from changes by compression.</summary>
    public const int SmallestSafeStep = 8;

    /// <summary>The advice to avoid JPEG for masks.</summary>
    public const string SaveLossless = "Save masks as PNG or .npy.";

    // Without a safe step: values this far above the last ROI still belong to it.
    private const int SmallStepOvershoot = 2;

    /// <summary>Converts grey levels to ROI numbers.</summary>
    /// <param name="pixels">The grey level of each pixel, 0 to 255.</param>
    /// <param name="values">The grey levels that occur.</param>
    /// <param name="roiCount">The number of ROIs K.</param>
    /// <param name="givenStep">The step, or <see langword="null"/> to find it.</param>
    /// <param name="problems">Receives the problems found.</param>
    /// <returns>The result of the check.</returns>
    public static LabelCheckResult Apply(
        float[] pixels, IReadOnlyList<LabelValueCount> values, int roiCount, int? givenStep, List<LabelProblem> problems)
    {
        if (values is [{ Value: 0 }])
        {
            return new LabelCheckResult(new byte[pixels.Length], values, problems, 0);
        }

        LabelLevels? levels = givenStep is int step
            ? Given(values, roiCount, step, problems)
            : Find(values, roiCount, problems);
        if (levels is null)
        {
            return new LabelCheckResult(null, values, problems, 0);
        }

        long snapped = values.Where(v => v.Value != levels.GreyOf(levels.Nearest(v.Value))).Sum(v => v.Pixels);
        Warn(levels, snapped, problems);
        return new LabelCheckResult(ToBytes(pixels, levels), values, problems, snapped);
    }

    private static LabelLevels? Given(IReadOnlyList<LabelValueCount> values, int roiCount, int step, List<LabelProblem> problems)
    {
        var levels = new LabelLevels(step, roiCount);
        double top = (step * roiCount) + Math.Max(SmallStepOvershoot, step / 2.0);
        List<LabelValueCount> above = [.. values.Where(v => v.Value > top)];
        if (above.Count > 0)
        {
            Add(
                problems,
                ErrorIds.LabelAboveRange,
                $"With a step of {step} grey levels, ROI {roiCount} is {step * roiCount}, but the mask has {LosslessLabelRule.List(above)}.",
                "Check the step and the number of ROIs.",
                above);
            return null;
        }

        if (step < SmallestSafeStep)
        {
            return levels;
        }

        List<LabelValueCount> beyond = [.. values.Where(v => levels.Distance(v.Value) > levels.Tolerance)];
        if (beyond.Count > 0)
        {
            problems.Add(Smeared($"it has grey levels between those of the ROIs ({step} apart): {LosslessLabelRule.List(beyond)}", Count(beyond)));
            return null;
        }

        return levels;
    }

    private static LabelLevels? Find(IReadOnlyList<LabelValueCount> values, int roiCount, List<LabelProblem> problems)
    {
        bool plain = values[^1].Value <= roiCount + SmallStepOvershoot;
        LabelLevels? levels = plain ? null : LabelLevels.Find(values, roiCount);
        if (levels is null)
        {
            List<LabelValueCount> labelled = [.. values.Where(v => v.Value > 0)];
            string found = plain
                ? "ROI numbers seem to be stored as plain values, and the changes are as large as the differences between them"
                : $"no certain spacing of the {roiCount} ROI numbers fits the grey levels found ({LosslessLabelRule.List(values)})";
            problems.Add(Smeared(found, Count(labelled)));
            return null;
        }

        // A 0/255 mask is most often a single selection, and would otherwise be read as the last ROI alone.
        if (roiCount > 1 && values.All(v => levels.Nearest(v.Value) is var k && (k == 0 || k == roiCount)) && levels.GreyOf(roiCount) > 250)
        {
            List<LabelValueCount> bright = [.. values.Where(v => levels.Nearest(v.Value) == roiCount)];
            Add(
                problems,
                ErrorIds.LabelBinaryMask,
                $"This is a 0/255 mask, as drawing programs save a single selection. It does not say which of the {roiCount} ROIs is meant.",
                $"Say which ROI it is, for example with -LabelMap @{{255=1}}, or save ROI numbers (0 for background and 1 to {roiCount} for the ROIs) as PNG or .npy.",
                bright);
            return null;
        }

        return levels;
    }

    /// <summary>Describes a mask whose ROIs cannot be distinguished from changes by compression.</summary>
    /// <param name="found">What shows it, as a phrase.</param>
    /// <param name="pixels">The number of affected pixels.</param>
    /// <returns>The error <c>LabelSmeared</c>.</returns>
    public static LabelProblem Smeared(string found, long pixels) =>
        new(ErrorIds.LabelSmeared, LabelSeverity.Error, $"JPEG compression changed the values near edges, so that ROIs can no longer be told apart: {found}.", pixels)
        {
            Advice = "Save the mask again as PNG or .npy from the program in which it was drawn.",
        };

    private static void Add(List<LabelProblem> problems, string code, string message, string advice, List<LabelValueCount> values) =>
        problems.Add(new LabelProblem(code, LabelSeverity.Error, message, Count(values)) { Advice = advice });

    private static long Count(List<LabelValueCount> values) => values.Sum(v => v.Pixels);

    private static void Warn(LabelLevels levels, long snapped, List<LabelProblem> problems)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (levels.Step < SmallestSafeStep)
        {
            string message = string.Create(
                culture,
                $"The mask is a JPEG whose ROI numbers are {levels.Step} apart: compression has changed labels near edges, and where is unknown. {snapped:N0} pixels between or above the ROI numbers were set to the nearest.");
            problems.Add(new LabelProblem(ErrorIds.LabelUnverified, LabelSeverity.Warning, message, snapped) { Advice = SaveLossless });
        }
        else
        {
            string message = string.Create(
                culture,
                $"The mask is a JPEG: its grey levels were read as ROI numbers {levels.Step:0.##} apart (ROI 1 is {levels.GreyOf(1)}), and {snapped:N0} pixels changed by compression were set to the nearest.");
            problems.Add(new LabelProblem(ErrorIds.LabelSnapped, LabelSeverity.Notice, message, snapped) { Advice = SaveLossless });
        }
    }

    private static byte[] ToBytes(float[] pixels, LabelLevels levels)
    {
        byte[] table = new byte[256];
        for (int grey = 0; grey < table.Length; grey++)
        {
            table[grey] = (byte)levels.Nearest(grey);
        }

        byte[] roi = new byte[pixels.Length];
        for (int i = 0; i < roi.Length; i++)
        {
            roi[i] = table[(int)pixels[i]];
        }

        return roi;
    }
}
