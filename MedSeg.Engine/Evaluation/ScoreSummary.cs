using System.Globalization;

namespace MedSeg.Evaluation;

/// <summary>The mean of a score and its 95 % confidence interval.</summary>
/// <param name="Mean">The mean over the slices that have the score; null where none has.</param>
/// <param name="Low">The lower end of the interval; null where fewer than two patients have the score.</param>
/// <param name="High">The upper end.</param>
/// <param name="Count">The number of slices that have the score.</param>
public sealed record ScoreSummary(double? Mean, double? Low, double? High, int Count)
{
    /// <summary>Formats the mean and the interval.</summary>
    /// <returns>For example <c>0.912 (0.887–0.931)</c>.</returns>
    public override string ToString() => Mean is null ? "" : Low is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Mean:0.000}")
        : string.Create(CultureInfo.InvariantCulture, $"{Mean:0.000} ({Low:0.000}–{High:0.000})");
}
