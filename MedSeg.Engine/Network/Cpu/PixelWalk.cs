namespace MedSeg.Network.Cpu;

/// <summary>Where the pixels of a rectangle are in memory.</summary>
/// <param name="start">The first channel of the first pixel.</param>
/// <param name="step">The distance between neighbouring pixels of a row, in values.</param>
/// <param name="row">The distance between the first pixels of neighbouring rows, in values.</param>
internal readonly unsafe struct PixelWalk(float* start, nint step, nint row = 0)
{
    /// <summary>Gets the first channel of the first pixel.</summary>
    public float* Start { get; } = start;

    /// <summary>Gets the distance between neighbouring pixels of a row, in values.</summary>
    public nint Step { get; } = step;

    /// <summary>Gets the distance between the first pixels of neighbouring rows, in values.</summary>
    public nint Row { get; } = row;
}
