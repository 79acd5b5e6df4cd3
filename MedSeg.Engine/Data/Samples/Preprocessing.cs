using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Options;

namespace MedSeg.Data.Samples;

/// <summary>How an image becomes the input of a network. A network only works on images prepared as in its training.</summary>
public sealed record Preprocessing
{
    /// <summary>The smallest <see cref="PixelSize"/> but 0, in mm.</summary>
    public const double MinimumPixelSize = 0.001;

    /// <summary>The largest <see cref="PixelSize"/>, in mm.</summary>
    public const double MaximumPixelSize = 1000;

    /// <summary>Gets the side S of the square input, in pixels; a multiple of 16.</summary>
    public int InputSize { get; init; } = 256;

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized to the input size.</summary>
    public ResizeMode ResizeMode { get; init; }

    /// <summary>
    /// Gets the side of a pixel of the input, in mm, 0.001 to 1000: images are resized to it, then cropped or padded to the input size,
    /// and <see cref="ResizeMode"/> has no effect. 0 resizes the whole image to the input size regardless of its pixel spacing.
    /// </summary>
    [OptionRange(MinimumPixelSize, MaximumPixelSize, AllowsZero = true)]
    public double PixelSize { get; init; }

    /// <summary>Gets the channels, in the order of the network's input, up to 8; empty if images have one channel, which needs no name.</summary>
    public IReadOnlyList<ImageChannel> Channels
    {
        get;

        // PowerShell needs an array to index.
        init => field = value as ImageChannel[] ?? [.. value];
    } = [];

    /// <summary>Gets a value indicating whether channels with other pixels than the first were resampled to them; otherwise they are refused.</summary>
    public bool ResampleChannels { get; init; }

    /// <summary>Gets how the masks for training are resized to the input size.</summary>
    public LabelResampling LabelResampling { get; init; }

    /// <summary>Gets the shape of the network's input for one slice.</summary>
    internal InputShape Shape => InputShape.Of(Channels, InputSize);

    /// <summary>Says whether a number is a valid <see cref="PixelSize"/>.</summary>
    internal static bool IsPixelSize(double value) => value is 0 or (>= MinimumPixelSize and <= MaximumPixelSize);

    /// <summary>Computes where an image is in the square input.</summary>
    /// <param name="rows">The number of rows of the image.</param>
    /// <param name="columns">The number of columns of the image.</param>
    /// <param name="spacing">Its pixel spacing; must not be null if there is a <see cref="PixelSize"/>.</param>
    /// <exception cref="MedSegException"><c>PixelSizeTooSmall</c>: the resized image would be too large.</exception>
    internal ResizeGeometry Geometry(int rows, int columns, PixelSpacing? spacing) => PixelSize > 0
        ? ResizeGeometry.Of(rows, columns, InputSize, PixelSize, spacing!.Value)
        : ResizeGeometry.Of(rows, columns, InputSize, ResizeMode);
}
