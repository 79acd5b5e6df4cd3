using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;

namespace MedSeg.Inference;

/// <summary>How new images are segmented.</summary>
public sealed record SegmentationOptions
{
    /// <summary>Gets the folder of the masks.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the kind of files to write.</summary>
    public MaskFormat Format { get; init; }

    /// <summary>Gets a value indicating whether a picture of each slice with its ROIs is drawn.</summary>
    public bool Overlay { get; init; }

    /// <summary>Gets a value indicating whether only the largest part of each ROI is kept.</summary>
    public bool KeepLargestComponent { get; init; }

    /// <summary>Gets a value indicating whether holes within an ROI are filled.</summary>
    public bool FillHoles { get; init; }

    /// <summary>Gets a value indicating whether each slice is looked at five times, slightly turned and scaled.</summary>
    public bool TestTimeAugmentation { get; init; }

    /// <summary>Gets the slices that are computed at once.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Gets the library that computes.</summary>
    public InferenceBackend Backend { get; init; }

    /// <summary>Gets the device: auto, cpu, cuda or cuda:n; for ONNX Runtime also directml or directml:n.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Gets a value indicating whether existing files are replaced.</summary>
    public bool Force { get; init; }
}
