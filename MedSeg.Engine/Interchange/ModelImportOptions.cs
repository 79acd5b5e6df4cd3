using MedSeg.Imaging;

namespace MedSeg.Interchange;

/// <summary>What a file of weights may not say of its network. A null option is taken from the file, or else has its default.</summary>
public sealed record ModelImportOptions
{
    /// <summary>Gets the names of the ROIs 1 to K; the default is ROI 1, ROI 2 and so on.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>Gets the side S of the input, in pixels; the default is 16 times the network's base width, as published.</summary>
    public int? InputSize { get; init; }

    /// <summary>Gets how intensities are normalised; the default is MinMax, as for data sets.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>Gets how slices are resized; the default is Stretch, as published.</summary>
    public ResizeMode? ResizeMode { get; init; }

    /// <summary>Gets the side of a pixel of the input, in mm; the default is 0: whole images are resized regardless of their pixel spacing.</summary>
    public double? PixelSize { get; init; }

    /// <summary>Gets the channels, in the order of the network's input; empty for those that the file states, or <c>channel 1</c> and so on with the files of nnU-Net (<c>_0000</c>).</summary>
    public IReadOnlyList<ImageChannel> Channels { get; init; } = [];
}
