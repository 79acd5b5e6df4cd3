namespace MedSeg.Agreement;

/// <summary>A statistic and its 95 % confidence interval.</summary>
/// <param name="Value">The statistic.</param>
/// <param name="Low">The lower end of the interval; null where the data allow none.</param>
/// <param name="High">The upper end; null as the lower one.</param>
internal readonly record struct Estimate(double Value, double? Low, double? High);
