namespace MedSeg.Inference.Scans;

/// <summary>The slices of a series, in the order of their positions.</summary>
/// <param name="Name">The name of the first slice's file.</param>
/// <param name="Slices">The slices, at least one.</param>
internal sealed record ScanSeries(string Name, IReadOnlyList<SourceSlice> Slices);
