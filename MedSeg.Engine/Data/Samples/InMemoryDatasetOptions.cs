using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>How slices in memory become a data set.</summary>
public sealed record InMemoryDatasetOptions
{
    /// <summary>Gets the names of the ROIs 1 to K, at least one.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets the side S of the network's input, in pixels: a multiple of 16.</summary>
    public int InputSize { get; init; } = 256;

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public ResizeMode ResizeMode { get; init; }

    /// <summary>Gets the side of a pixel of the input, in mm; 0 to resize whole images regardless of their pixel spacing.</summary>
    public double PixelSize { get; init; }

    /// <summary>Gets how masks are resized.</summary>
    public LabelResampling LabelResampling { get; init; }

    /// <summary>Gets the options that concern the input of the network.</summary>
    internal Preprocessing Preprocessing => new()
    {
        InputSize = InputSize, Normalization = Normalization, ResizeMode = ResizeMode, PixelSize = PixelSize, LabelResampling = LabelResampling,
    };
}
