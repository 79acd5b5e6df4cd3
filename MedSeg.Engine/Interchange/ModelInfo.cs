using MedSeg.Imaging;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Training;
using MedSeg.Wording;

namespace MedSeg.Interchange;

/// <summary>What a model file says of its network; a property is null if the file does not say.</summary>
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

    /// <summary>Gets the names of the ROIs 1 to K; empty if the file has none.</summary>
    public required IReadOnlyList<string> LabelNames { get; init => field = ItemList<string>.Of(value); }

    /// <summary>Gets the side S of the input, in pixels; for plain weights what the shapes imply: 16 times the base width of a pyramid, as published, and the least for the depth of a U-Net.</summary>
    public required int InputSize { get; init; }

    /// <summary>Gets the architecture of the network.</summary>
    public required NetworkArchitecture Architecture { get; init; }

    /// <summary>Gets the number of channels of the first level.</summary>
    public required int BaseWidth { get; init; }

    /// <summary>Gets the number of trainable parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public ResizeMode? ResizeMode { get; init; }

    /// <summary>Gets the side of a pixel of the input, in mm; 0 if whole images are resized regardless of their pixel spacing.</summary>
    public double? PixelSize { get; init; }

    /// <summary>Gets the channels of the images, in the order of the network's input; empty if there is one.</summary>
    public IReadOnlyList<ImageChannel> Channels { get; init => field = ItemList<ImageChannel>.Of(value); } = ItemList<ImageChannel>.Of([]);

    /// <summary>Gets a value indicating whether channels with other pixels than the first were resampled to them.</summary>
    public bool ResampleChannels { get; init; }

    /// <summary>Gets how the masks for training were resized. Segmentation undoes the shift of <see cref="Imaging.LabelResampling.Nearest"/>.</summary>
    public LabelResampling? LabelResampling { get; init; }

    /// <summary>Gets the axis along which all volumes of the training images were cut into slices; segmentation uses it unless -SliceAxis is given. Null if they were cut in several ways, there were none, or it was not recorded.</summary>
    public SliceAxis? SliceAxis { get; init; }

    /// <summary>Gets how the mask of each ROI is cleaned up, as Find-MedSegPostProcessing found it.</summary>
    public IReadOnlyList<RoiPostProcessing>? PostProcessing { get; init => field = ItemList<RoiPostProcessing>.Of(value); }

    /// <summary>Gets what the confidence means, as Find-MedSegPostProcessing measured it.</summary>
    public ConfidenceCalibration? Calibration { get; init; }

    /// <summary>Gets the mean validation Dice of the last validation, from 0 to 1.</summary>
    public double? ValidationDice { get; init; }

    /// <summary>Gets the validation Dice of each ROI.</summary>
    public IReadOnlyList<RoiScore>? ValidationDiceByRoi { get; init => field = ItemList<RoiScore>.Of(value); }

    /// <summary>Gets the best mean validation Dice of the run until this file was written.</summary>
    public double? BestValidationDice { get; init; }

    /// <summary>Gets the number of training slices.</summary>
    public int? TrainingSlices { get; init; }

    /// <summary>Gets the number of validation slices.</summary>
    public int? ValidationSlices { get; init; }

    /// <summary>Gets the options of the training; <see cref="TrainingOptions.FoldPath"/> without its folder.</summary>
    public TrainingOptions? Options { get; init; }

    /// <summary>Gets the time of writing, in local time.</summary>
    public DateTime? Written { get; init; }

    /// <summary>Gets the program that wrote the file, with its version.</summary>
    public string? Software { get; init; }

    /// <summary>Gets the device that trained it.</summary>
    public string? Device { get; init; }

    /// <summary>Gets what an imported model was made from.</summary>
    public string? Origin { get; init; }

    /// <summary>Lists the layers of the network that have parameters, in the order of its state dictionary.</summary>
    public IReadOnlyList<NetworkLayer> ListLayers() =>
        NetworkSummary.Of(new NetworkOptions { Architecture = Architecture, InputSize = InputSize, RoiCount = RoiCount, BaseWidth = BaseWidth, Channels = Math.Max(1, Channels.Count) });
}
