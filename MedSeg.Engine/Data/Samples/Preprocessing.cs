using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>How an image becomes the input of a network. A network only works on images prepared as in its training.</summary>
public sealed record Preprocessing
{
    /// <summary>Gets the side S of the square input, in pixels; a multiple of 16.</summary>
    public int InputSize { get; init; } = 256;

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized to the input size.</summary>
    public ResizeMode ResizeMode { get; init; }
}
