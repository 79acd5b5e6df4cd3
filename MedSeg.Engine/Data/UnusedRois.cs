using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Wording;

namespace MedSeg.Data;

/// <summary>Notices masks whose values are grey levels, such as 0, 120 and 240: each number up to the highest would be an ROI.</summary>
internal static class UnusedRois
{
    // Fewer unused numbers are common, as where some ROIs of an atlas were not drawn.
    private const int LeastRois = 10;
    private const int LeastShare = 4;
    private const int MostShown = 6;

    /// <summary>Returns what to check; null if most ROIs occur.</summary>
    /// <param name="samples">The samples of each pair of a data set whose ROIs were not named.</param>
    /// <param name="roiCount">The number of ROIs.</param>
    /// <param name="labelPath">The folder of the masks.</param>
    public static string? Describe(IReadOnlyList<IReadOnlyList<Sample>> samples, int roiCount, string labelPath)
    {
        if (roiCount < LeastRois || samples.Any(own => own.Any(sample => sample.RoiNames.Count > 0)))
        {
            return null;
        }

        int[] used = [.. Enumerable.Range(1, roiCount).Where(roi => samples.Any(own => own.Any(sample => sample.RoiPixels.Count > roi && sample.RoiPixels[roi] > 0)))];
        if (used.Length == 0 || used.Length * LeastShare > roiCount)
        {
            return null;
        }

        string map = string.Join("; ", used.Take(MostShown).Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{value}={i + 1}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{labelPath}: The masks have {roiCount} ROIs, but only {used.Length} of them occur: {Sentence.List(used, MostShown)}. If these are grey levels, say which ROIs they are: -LabelMap @{{{map}}}{(used.Length > MostShown ? ", and so on" : string.Empty)}.");
    }
}
