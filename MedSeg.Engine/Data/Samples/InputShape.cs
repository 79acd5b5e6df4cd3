using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>The shape of a network's input for one slice, [C, S, S].</summary>
/// <param name="Channels">The number C of channels.</param>
/// <param name="Size">The side S, in pixels.</param>
internal readonly record struct InputShape(int Channels, int Size)
{
    /// <summary>Returns the shape for images with named channels, or with one channel without a name.</summary>
    /// <param name="channels">The channels; null or empty for one.</param>
    /// <param name="size">The side S, in pixels.</param>
    public static InputShape Of(IReadOnlyList<ImageChannel>? channels, int size) => new(Math.Max(1, channels?.Count ?? 0), size);

    /// <summary>Gets the number of pixels of a channel.</summary>
    public int Plane => Size * Size;

    /// <summary>Gets the number of values of a slice.</summary>
    public int Length => Channels * Plane;
}
