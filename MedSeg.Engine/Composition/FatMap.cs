namespace MedSeg.Composition;

/// <summary>The fraction of fat in each pixel of a slice.</summary>
/// <param name="Slice">The name of the slice.</param>
/// <param name="Columns">The pixels of a row.</param>
/// <param name="Image">The intensities, row by row.</param>
/// <param name="Fractions">The fractions, 0 to 1, row by row; NaN where none was measured.</param>
public sealed record FatMap(string Slice, int Columns, float[] Image, float[] Fractions);
