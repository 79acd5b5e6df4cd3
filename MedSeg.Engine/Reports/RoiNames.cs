using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Lists the ROIs of a history.</summary>
internal static class RoiNames
{
    /// <summary>Returns the ROIs on which any epoch was validated.</summary>
    /// <param name="records">The epochs.</param>
    /// <returns>The names, in the order in which they first appear.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<EpochRecord> records) =>
        [.. records.SelectMany(record => record.ValidationDiceByRoi ?? []).Select(score => score.Name).Distinct(StringComparer.Ordinal)];
}
