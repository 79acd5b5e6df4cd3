namespace MedSeg.Data.Samples;

/// <summary>The shape of a network's input for one slice, [C, S, S].</summary>
/// <param name="Channels">The number C of channels.</param>
/// <param name="Size">The side S, in pixels.</param>
internal readonly record struct InputShape(int Channels, int Size)
{
    /// <summary>Gets the number of pixels of a channel.</summary>
    public int Plane => Size * Size;

    /// <summary>Gets the number of values of a slice.</summary>
    public int Length => Channels * Plane;
}
