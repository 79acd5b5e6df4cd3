using MedSeg.Data.Samples;
using MedSeg.Network.Definition;

namespace MedSeg.Models;

/// <summary>What must be known of a model to use it: the ROIs it finds, the preprocessing it expects and its architecture.</summary>
internal sealed record ModelDescription
{
    /// <summary>Gets what the data sets of the model must be like.</summary>
    public required DataDescription Data { get; init; }

    /// <summary>Gets the architecture of the network.</summary>
    public required NetworkOptions Architecture { get; init; }

    /// <summary>Gets how the mask of each ROI is cleaned up; null if this was not looked for.</summary>
    public IReadOnlyList<RoiPostProcessing>? PostProcessing { get; init; }

    /// <summary>Gets what the confidence means; null if this was not measured.</summary>
    public ConfidenceCalibration? Calibration { get; init; }

    /// <summary>Gets the names of the ROIs 1 to K.</summary>
    public IReadOnlyList<string> LabelNames => Data.LabelNames;

    /// <summary>Gets how images are prepared.</summary>
    public Preprocessing Preprocessing => Data.Preprocessing;
}
