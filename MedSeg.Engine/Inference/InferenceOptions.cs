using MedSeg.Devices;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Options;

namespace MedSeg.Inference;

/// <summary>How a model is applied to slices: what computes, and how the masks are cleaned up.</summary>
public sealed record InferenceOptions
{
    /// <summary>
    /// Gets a value indicating whether only the largest connected component of each ROI is kept, also where the model's own
    /// post-processing keeps several.
    /// </summary>
    public bool KeepLargestComponent { get; init; }

    /// <summary>Gets a value indicating whether holes within every ROI are filled.</summary>
    public bool FillHoles { get; init; }

    /// <summary>
    /// Gets a value indicating whether the post-processing in the model is not applied. <see cref="KeepLargestComponent"/> and
    /// <see cref="FillHoles"/> still are.
    /// </summary>
    public bool SkipPostProcessing { get; init; }

    /// <summary>
    /// Gets a value indicating whether the probabilities are averaged over five views of each slice, slightly rotated and scaled. It
    /// takes five times as long.
    /// </summary>
    public bool TestTimeAugmentation { get; init; }

    /// <summary>
    /// Gets a value indicating whether masks of older models stay where they are. Their training labels were resized by nearest neighbour,
    /// which moved ROIs by up to half a pixel of the original image; by default this is undone. Other models are not affected.
    /// </summary>
    public bool KeepLabelShift { get; init; }

    /// <summary>Gets the number of slices computed at once, 1 to 1024. It changes memory and speed only.</summary>
    [OptionRange(1, 1024)]
    public int BatchSize { get; init; } = 4;

    /// <summary>
    /// Gets the axis along which volumes that are not DICOM are cut into slices. Auto is the axis of the training images if the model states it;
    /// otherwise the axis of the largest spacing.
    /// </summary>
    public SliceAxis SliceAxis { get; init; }

    /// <summary>Gets the pixel spacing of pictures (PNG, TIFF, .npy), which do not state it; null if it is not known. Other images have their own.</summary>
    public PixelSpacing? PixelSpacing { get; init; }

    /// <summary>
    /// Gets where the images of each of the model's channels are, if that is not where those for training were; the names must be those of the
    /// model. Empty for the model's own.
    /// </summary>
    public IReadOnlyList<ImageChannel> Channels { get; init; } = [];

    /// <summary>Gets a value indicating whether channels with other pixels than the first are resampled to them, also if those for training were not.</summary>
    public bool ResampleChannels { get; init; }

    /// <summary>Gets the library that computes.</summary>
    public InferenceBackend Backend { get; init; }

    /// <summary>Gets the device: auto, cpu, cuda or cuda:n; for ONNX Runtime also directml or directml:n.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Gets the number format of the network's convolutions and of the images between them. ONNX Runtime computes what the file says.</summary>
    public Precision Precision { get; init; }

    /// <summary>Gets what computes the network, and how.</summary>
    internal BackendChoice Computing => new(Backend, Device, Precision);

    /// <summary>Gets how images are read.</summary>
    internal ImageReading Reading => new(SliceAxis, PixelSpacing) { Channels = Channels };
}
