using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Finds the ROIs of a history.</summary>
internal static class RoiNames
{
    /// <summary>Gets the ROIs that any epoch was validated on.</summary>
    /// <param name="records">The epochs.</param>
    /// <returns>The names, in the order in which they first appear.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<EpochRecord> records) =>
        [.. records.SelectMany(record => record.ValidationDiceByRoi ?? []).Select(score => score.Name).Distinct(StringComparer.Ordinal)];
}
