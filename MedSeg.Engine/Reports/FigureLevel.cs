namespace MedSeg.Reports;

/// <summary>A level line of a panel.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its height.</param>
/// <param name="Low">The lower end of its interval; null for none.</param>
/// <param name="High">The upper end of its interval; null for none.</param>
/// <param name="IsDashed">Whether it is dashed.</param>
internal sealed record FigureLevel(string Name, double Value, double? Low, double? High, bool IsDashed);
