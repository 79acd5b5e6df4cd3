using MedSeg.Imaging;

namespace MedSeg.Interchange;

/// <summary>What a file of weights does not say of its network; null where the file, or else the default, is to tell.</summary>
public sealed record ModelImportOptions
{
    /// <summary>Gets the names of the ROIs; the default is ROI 1, ROI 2 and so on.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>Gets the side S of the input; the default is the published one for the network's width, 16 times the width.</summary>
    public int? InputSize { get; init; }

    /// <summary>Gets how intensities are normalised; the default is the data sets' own, minimum to maximum.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>Gets how slices are resized; the default is to stretch them, as published.</summary>
    public ResizeMode? ResizeMode { get; init; }
}
