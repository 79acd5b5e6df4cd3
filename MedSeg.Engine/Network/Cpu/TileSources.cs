namespace MedSeg.Network.Cpu;

/// <summary>Where the six pixels of a tile are read at each tap: at tap t, pixel i is at <c>Pixels[(t · Step) + i] + Moves[t]</c>.</summary>
/// <param name="pixels">The addresses of the pixels' first channels.</param>
/// <param name="step">0 if all taps are inside the image, and 6 if each tap has addresses of its own.</param>
/// <param name="moves">The offset of each tap, in values.</param>
internal readonly unsafe struct TileSources(float** pixels, nint step, nint* moves)
{
    /// <summary>The addresses of a tile for which there is room, and the distance from one tile to the next.</summary>
    public const int Length = Avx2Conv2d.TilePixels * Avx2Conv2d.MaximumTaps;

    /// <summary>Gets the addresses of the pixels' first channels.</summary>
    public float** Pixels { get; } = pixels;

    /// <summary>Gets the distance between the addresses of two taps.</summary>
    public nint Step { get; } = step;

    /// <summary>Gets the offset of each tap, in values.</summary>
    public nint* Moves { get; } = moves;
}
