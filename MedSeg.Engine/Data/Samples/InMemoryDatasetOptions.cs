using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>How slices in memory become a data set.</summary>
public sealed record InMemoryDatasetOptions
{
    /// <summary>Gets the names of the ROIs 1 to K, at least one.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets the side S of the network's input, in pixels: a multiple of 16.</summary>
    public int InputSize
    {
        get => Preprocessing.InputSize;
        init => Preprocessing = Preprocessing with { InputSize = value };
    }

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization Normalization
    {
        get => Preprocessing.Normalization;
        init => Preprocessing = Preprocessing with { Normalization = value };
    }

    /// <summary>Gets how slices are resized.</summary>
    public ResizeMode ResizeMode
    {
        get => Preprocessing.ResizeMode;
        init => Preprocessing = Preprocessing with { ResizeMode = value };
    }

    /// <summary>Gets the side of a pixel of the input, in mm; 0 to resize whole images regardless of their pixel spacing.</summary>
    public double PixelSize
    {
        get => Preprocessing.PixelSize;
        init => Preprocessing = Preprocessing with { PixelSize = value };
    }

    /// <summary>Gets the channels, in the order of the network's input, up to 8; empty if images have one channel, which needs no name.</summary>
    public IReadOnlyList<ImageChannel> Channels
    {
        get => Preprocessing.Channels;
        init => Preprocessing = Preprocessing with { Channels = value };
    }

    /// <summary>Gets how masks are resized.</summary>
    public LabelResampling LabelResampling
    {
        get => Preprocessing.LabelResampling;
        init => Preprocessing = Preprocessing with { LabelResampling = value };
    }

    /// <summary>Gets the value of mask pixels that are ignored, above the number of ROIs: they are in no loss, score or inspection; null if there are none.</summary>
    public int? IgnoreLabel { get; init; }

    /// <summary>Gets the options that concern the input of the network.</summary>
    internal Preprocessing Preprocessing { get; private init; } = new();
}
