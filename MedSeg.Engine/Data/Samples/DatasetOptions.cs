using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Options;

namespace MedSeg.Data.Samples;

/// <summary>The options of an import.</summary>
public sealed record DatasetOptions
{
    /// <summary>Gets the folder of the images.</summary>
    public required string DicomPath { get; init; }

    /// <summary>Gets the folder of the masks.</summary>
    public required string LabelPath { get; init; }

    /// <summary>
    /// Gets the absolute paths of the images, for example of the series that an inventory found; their names are relative to
    /// <see cref="DicomPath"/>. Empty (default) to find the images in that folder.
    /// </summary>
    public IReadOnlyList<string> ImagePaths { get; init; } = [];

    /// <summary>Gets the pairs of images and masks, for example of a table; empty (default) to pair the files of the folders by name.</summary>
    public IReadOnlyList<ImagePair> Pairs { get; init; } = [];

    /// <summary>Gets the folders of the patients, where each has images and masks of their own; empty (default) otherwise.</summary>
    public IReadOnlyList<PatientFolder> PatientFolders { get; init; } = [];

    /// <summary>Gets a value indicating whether subfolders are searched as well.</summary>
    public bool Recurse { get; init; }

    /// <summary>
    /// Gets what the names of masks have in addition to those of their images, for example <c>_mask</c>, without regard to case; files without it
    /// are skipped. Empty (default) if images and masks have the same names.
    /// </summary>
    public string MaskSuffix { get; init; } = "";

    /// <summary>Gets the axis along which volumes that are not DICOM are cut into slices.</summary>
    public SliceAxis SliceAxis { get; init; }

    /// <summary>Gets the pixel spacing of pictures (PNG, TIFF, .npy), which do not state it; null if it is not known. Other images have their own.</summary>
    public PixelSpacing? PixelSpacing { get; init; }

    /// <summary>Gets how images are prepared for the network.</summary>
    public Preprocessing Preprocessing { get; init; } = new();

    /// <summary>Gets the side S of the decoded slices, in pixels; a multiple of 16.</summary>
    public int InputSize
    {
        get => Preprocessing.InputSize;
        init => Preprocessing = Preprocessing with { InputSize = value };
    }

    /// <summary>Gets the names of the ROIs 1 to K; if empty, K is the highest value found in the masks.</summary>
    public IReadOnlyList<string> LabelNames { get; init; } = [];

    /// <summary>Gets the ROIs that the values, segments and colours of masks are mapped to.</summary>
    public LabelMapping LabelMap { get; init; } = LabelMapping.None;

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

    /// <summary>
    /// Gets the difference in grey levels between consecutive ROIs in JPEG masks, from 1 to 255; null to derive it from each mask. 1 accepts
    /// plain ROI numbers, although compression may silently turn them into those of other ROIs.
    /// </summary>
    public int? JpegStep { get; init; }

    /// <summary>
    /// Gets the value of mask pixels that are ignored, from 1 to 65535: they are in no loss, score or inspection. Null if there are none. Masks
    /// of colours and segments have no such value, and JPEG masks cannot have one.
    /// </summary>
    public int? IgnoreLabel { get; init; }

    /// <summary>
    /// Gets the names or numbers of the ROIs that were drawn, by folder, for folders in which not all were; as in the names of samples, with
    /// their subfolders. The others are in no loss, score or inspection there, and may be anywhere in the background.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> PartialLabels { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Gets where decoded slices are stored.</summary>
    public DatasetCache Cache { get; init; }

    /// <summary>Gets the absolute path of the folder for the cache file; null for a folder next to that of the images.</summary>
    public string? CachePath { get; init; }

    /// <summary>Gets how images are read.</summary>
    internal ImageReading Reading => new(SliceAxis, PixelSpacing) { Channels = Channels };

    /// <summary>Checks the options.</summary>
    /// <exception cref="MedSegException">
    /// <c>InputSizeInvalid</c>, <c>RoiCountInvalid</c>, <c>LabelNameEmpty</c>, <c>LabelNameTwice</c>, <c>LabelNameInvalid</c> or
    /// <c>IgnoreLabelInvalid</c>.
    /// </exception>
    internal void Validate()
    {
        InputLimits.RequireInputSize(InputSize);
        Reading.Require();
        OptionRanges.Require(Preprocessing);
        InputLimits.RequireRoiCount(Math.Max(1, LabelNames.Count));
        InputLimits.RequireLabelNames(LabelNames);
        InputLimits.RequireChannels(Preprocessing.Channels);
        InputLimits.RequireIgnoreLabel(IgnoreLabel, LabelNames, LabelMap);
    }
}
