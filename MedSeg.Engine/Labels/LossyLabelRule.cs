using System.Globalization;

namespace MedSeg.Labels;

/// <summary>
/// The rule for masks from JPEG files. JPEG changes grey values near edges, by several levels even at quality 95, and a
/// changed value may look like the number of another ROI. So ROI numbers can be got back only where they were stored
/// far apart: ROI k as the grey level k·s, with a step s of 8 or more.
/// <list type="bullet">
/// <item>The step must be certain: it is the caller's; or the levels are 255·k/K (or whole steps of 255/K); or all of
/// the K + 1 levels occur in the mask, evenly spaced. A guess from a mask that lacks some ROIs could call ROI 4 of step
/// 20 ROI 2 of step 40.</item>
/// <item>Where the step is found rather than given, the mean of the pixels near a level must lie within 3 grey levels
/// of it.</item>
/// <item>Every pixel must lie within a quarter of the step of a level, and within 10 grey levels. A single one beyond
/// is an error: compression strong enough to carry a pixel from one level to another leaves others in between.</item>
/// <item>Masks with plain ROI numbers (step 1) are refused, however they look: of a test mask with six ROIs, a sixth of
/// the pixels changed at quality 75 and a fortieth at quality 100, and nothing in the file tells. A caller who has only
/// such masks may give a step below 8: values are then taken as they are, with a warning.</item>
/// </list>
/// A mask of nothing but 0 is background throughout.
/// </summary>
internal static class LossyLabelRule
{
    /// <summary>The least step, in grey levels, at which compression can be told from labels.</summary>
    public const int SmallestSafeStep = 8;

    // Without a safe step: values this far above the last ROI are still that ROI.
    private const int SmallStepOvershoot = 2;

    /// <summary>Turns grey levels into ROI numbers.</summary>
    /// <param name="pixels">The grey level of each pixel, 0 to 255.</param>
    /// <param name="values">The grey levels that occur.</param>
    /// <param name="roiCount">The number of ROIs K.</param>
    /// <param name="givenStep">The step, or <see langword="null"/> to find it.</param>
    /// <param name="problems">Receives the findings.</param>
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
        double top = (step * roiCount) + (step < SmallestSafeStep ? Math.Max(SmallStepOvershoot, step / 2.0) : step / 2.0);
        List<LabelValueCount> above = [.. values.Where(v => v.Value > top)];
        if (above.Count > 0)
        {
            Add(problems, "LabelAboveRange", $"with {step} grey levels a step, ROI {roiCount} is {step * roiCount}, but {LosslessLabelRule.List(above)} occur. Check the step and the number of ROIs.", above);
            return null;
        }

        if (step < SmallestSafeStep)
        {
            return levels;
        }

        List<LabelValueCount> beyond = [.. values.Where(v => levels.Distance(v.Value) > levels.Tolerance)];
        if (beyond.Count > 0)
        {
            AddSmeared(problems, $"grey levels that lie between those of the ROIs ({step} apart) occur: {LosslessLabelRule.List(beyond)}", beyond);
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
                ? "ROI numbers seem to be stored as they are, and the change is as great as the difference between them"
                : $"no spacing of the {roiCount} ROI numbers that can be made out with certainty fits the grey levels found ({LosslessLabelRule.List(values)})";
            AddSmeared(problems, found, labelled);
            return null;
        }

        // 0/255 is the commonest single selection, and would else be read as the last ROI alone.
        if (roiCount > 1 && values.All(v => levels.Nearest(v.Value) is var k && (k == 0 || k == roiCount)) && levels.GreyOf(roiCount) > 250)
        {
            List<LabelValueCount> bright = [.. values.Where(v => levels.Nearest(v.Value) == roiCount)];
            Add(problems, "LabelBinaryMask", $"this is a 0/255 mask, as drawing programs save a single selection; it does not say which of the {roiCount} ROIs is meant. Save ROI numbers (0 for background and 1 to {roiCount} for the ROIs) as PNG or .npy, or say which ROI is meant, for example with -LabelMap @{{255=1}}.", bright);
            return null;
        }

        return levels;
    }

    private static void AddSmeared(List<LabelProblem> problems, string found, List<LabelValueCount> values) => Add(
        problems,
        "LabelSmeared",
        $"JPEG compression changes the values of pixels near edges, and here ROIs can no longer be told from such changes: {found}. Save the mask anew as PNG or .npy from where it was drawn.",
        values);

    private static void Add(List<LabelProblem> problems, string code, string message, List<LabelValueCount> values) =>
        problems.Add(new LabelProblem(code, LabelSeverity.Error, message, values.Sum(v => v.Pixels)));

    private static void Warn(LabelLevels levels, long snapped, List<LabelProblem> problems)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (levels.Step < SmallestSafeStep)
        {
            string message = string.Create(culture, $"the mask is a JPEG whose ROI numbers lie {levels.Step} apart: compression has changed labels near edges and it cannot be told where; {snapped:N0} pixels between or above the ROI numbers were put to the nearest. Save masks as PNG or .npy.");
            problems.Add(new LabelProblem("LabelUnverified", LabelSeverity.Warning, message, snapped));
        }
        else
        {
            string message = string.Create(culture, $"the mask is a JPEG: its grey levels were read as ROI numbers {levels.Step:0.##} apart (ROI 1 is {levels.GreyOf(1)}), and {snapped:N0} pixels changed by compression were put to the nearest. Save masks as PNG or .npy.");
            problems.Add(new LabelProblem("LabelSnapped", LabelSeverity.Notice, message, snapped));
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
