using MedSeg.Data.Caching;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Wording;

namespace MedSeg.Data;

/// <summary>Slices with their label masks, decoded and resized to the network's input size.</summary>
public sealed record Dataset
{
    /// <summary>Gets the folder of the images.</summary>
    public required string DicomPath { get; init; }

    /// <summary>Gets the folder of the masks.</summary>
    public required string LabelPath { get; init; }

    /// <summary>Gets how the images were prepared for the network.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>Gets the side S of the decoded slices, in pixels.</summary>
    public int InputSize
    {
        get => Preprocessing.InputSize;
        init => Preprocessing = Preprocessing with { InputSize = value };
    }

    /// <summary>Gets the names of the ROIs 1 to K.</summary>
    public required IReadOnlyList<string> LabelNames { get; init => field = ItemList<string>.Of(value); }

    /// <summary>Gets how intensities were normalised.</summary>
    public Normalization Normalization
    {
        get => Preprocessing.Normalization;
        init => Preprocessing = Preprocessing with { Normalization = value };
    }

    /// <summary>Gets how slices were resized.</summary>
    public ResizeMode ResizeMode
    {
        get => Preprocessing.ResizeMode;
        init => Preprocessing = Preprocessing with { ResizeMode = value };
    }

    /// <summary>Gets the side of a pixel of the input, in mm; 0 if whole images were resized regardless of their pixel spacing.</summary>
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

    /// <summary>Gets how masks were resized.</summary>
    public LabelResampling LabelResampling
    {
        get => Preprocessing.LabelResampling;
        init => Preprocessing = Preprocessing with { LabelResampling = value };
    }

    /// <summary>Gets the value of mask pixels that were ignored; null if there are none.</summary>
    public int? IgnoreLabel { get; init; }

    /// <summary>Gets how images that are not DICOM were read, for whoever reads them again.</summary>
    internal ImageReading Reading { get; init; } = new();

    /// <summary>Gets all samples, in the order of their names. Samples that cannot be used, or have no image or mask, state the problem.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>
    /// Gets the skipped files: in the folder of the images those that are not DICOM, and DICOM files that are not images; in the folder of the
    /// masks those of the operating system, and masks without the suffix. Files such as <c>._name</c> of macOS are among them.
    /// </summary>
    public IReadOnlyList<string> PassedOver { get; init => field = ItemList<string>.Of(value); } = ItemList<string>.Of([]);

    /// <summary>Gets how the import used the cache file; null if slices are kept in memory.</summary>
    public CacheReport? Cache { get; init; }

    /// <summary>Gets the problems of all samples, in the order of their names.</summary>
    public IEnumerable<LabelProblem> Problems => Samples.SelectMany(s => s.Problems);

    /// <summary>Gets the number of usable samples.</summary>
    public int Count => Samples.Count(s => s.IsUsable);

    /// <summary>Gets the number of patients among the usable samples.</summary>
    public int Patients => Samples.Where(s => s.IsUsable).Select(s => s.Patient).Distinct().Count();

    /// <summary>Gets what another data set, or a model, must have in common with this one.</summary>
    internal DataDescription Description => new() { LabelNames = LabelNames, Preprocessing = Preprocessing };
}
