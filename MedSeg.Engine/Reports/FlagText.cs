using MedSeg.Inference;

namespace MedSeg.Reports;

/// <summary>Says what the flags of a segmented slice mean.</summary>
internal static class FlagText
{
    /// <summary>Lists the flags of a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The name of each flag, and a sentence.</returns>
    public static IReadOnlyList<(string Code, string Text)> Of(SegmentedSlice slice) =>
        [.. Enum.GetValues<SliceFlags>().Where(flag => flag != SliceFlags.None && slice.Flags.HasFlag(flag)).Select(flag => (flag.ToString(), Describe(flag, slice)))];

    private static string Describe(SliceFlags flag, SegmentedSlice slice) => flag switch
    {
        SliceFlags.TouchesBorder => $"{string.Join(", ", slice.Rois.Where(roi => roi.TouchesBorder).Select(roi => roi.Name))}: touches the border of the image and may be cut off.",
        SliceFlags.Empty => "No ROI was found.",
        SliceFlags.UnlikeTraining => $"The image differs from the training images: {string.Join("; ", slice.Differences)}.",
        _ => "The pixel spacing is that at the detector, so areas are too large.",
    };
}
