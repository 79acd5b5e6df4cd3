namespace MedSeg;

/// <summary>How far the making of a demo data set has come.</summary>
/// <param name="Slices">The number of slices written so far.</param>
/// <param name="TotalSlices">The number of slices that there will be.</param>
public readonly record struct DemoDatasetProgress(int Slices, int TotalSlices);
