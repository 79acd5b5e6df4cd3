using MedSeg.Imaging;
using MedSeg.Training;

namespace MedSeg.Interchange;

/// <summary>What a file of a network says of it; null where the file does not say it.</summary>
public sealed record ModelInfo
{
    /// <summary>Gets the absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the kind of file.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>Gets the number of epochs that the network was trained.</summary>
    public int? Epoch { get; init; }

    /// <summary>Gets the number K of ROIs.</summary>
    public required int RoiCount { get; init; }

    /// <summary>Gets the names of the ROIs; empty where the file has none.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets the side S of the input, in pixels; for weights alone the published one, 16 times the width.</summary>
    public required int InputSize { get; init; }

    /// <summary>Gets the channels of the first level.</summary>
    public required int BaseWidth { get; init; }

    /// <summary>Gets the number of trained values.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public ResizeMode? ResizeMode { get; init; }

    /// <summary>Gets the mean validation Dice when it was last computed, from 0 to 1.</summary>
    public double? ValidationDice { get; init; }

    /// <summary>Gets that Dice of each ROI.</summary>
    public IReadOnlyList<RoiScore>? ValidationDiceByRoi { get; init; }

    /// <summary>Gets the best mean validation Dice of the run up to this file.</summary>
    public double? BestValidationDice { get; init; }

    /// <summary>Gets the number of slices trained on.</summary>
    public int? TrainingSlices { get; init; }

    /// <summary>Gets the number of slices validated on.</summary>
    public int? ValidationSlices { get; init; }

    /// <summary>Gets the options that the model was trained with.</summary>
    public TrainingOptions? Options { get; init; }

    /// <summary>Gets when the file was written, in local time.</summary>
    public DateTime? Written { get; init; }

    /// <summary>Gets the program that wrote it, with its version.</summary>
    public string? Software { get; init; }

    /// <summary>Gets the device that trained it.</summary>
    public string? Device { get; init; }

    /// <summary>Gets where an imported model comes from.</summary>
    public string? Origin { get; init; }
}
