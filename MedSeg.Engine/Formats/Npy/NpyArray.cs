namespace MedSeg.Formats.Npy;

/// <summary>An array of any rank, in C order (the last axis varies fastest).</summary>
/// <param name="Shape">The length of each axis; empty for a scalar.</param>
/// <param name="Floats">The values of a floating-point array (rounded to single precision); otherwise <see langword="null"/>.</param>
/// <param name="Integers">The values of an integer or boolean array; otherwise <see langword="null"/>.</param>
internal sealed record NpyArray(int[] Shape, float[]? Floats, long[]? Integers);
