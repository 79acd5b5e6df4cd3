using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;

namespace MedSeg.Data.Samples;

/// <summary>What to import, and how.</summary>
public sealed record DatasetOptions
{
    /// <summary>Gets the folder of the images.</summary>
    public required string DicomPath { get; init; }

    /// <summary>Gets the folder of the masks.</summary>
    public required string LabelPath { get; init; }

    /// <summary>Gets a value indicating whether subfolders are searched as well.</summary>
    public bool Recurse { get; init; }

    /// <summary>Gets how images are prepared for the network.</summary>
    public Preprocessing Preprocessing { get; init; } = new();

    /// <summary>Gets the side S of the decoded slices, in pixels; a multiple of 16.</summary>
    public int InputSize
    {
        get => Preprocessing.InputSize;
        init => Preprocessing = Preprocessing with { InputSize = value };
    }

    /// <summary>Gets the names of the ROIs 1 to K; if empty, K is the highest value found.</summary>
    public IReadOnlyList<string> LabelNames { get; init; } = [];

    /// <summary>Gets which ROIs the values, segments and colours of masks mean.</summary>
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

    /// <summary>
    /// Gets the distance in grey levels between neighbouring ROI numbers in JPEG masks, from 1 to 255; null infers it from
    /// each mask. 1 accepts plain ROI numbers, which compression can turn into other ROIs unnoticed.
    /// </summary>
    public int? JpegStep { get; init; }

    /// <summary>Gets where decoded slices are cached.</summary>
    public DatasetCache Cache { get; init; }

    /// <summary>Gets the absolute path of the cache folder; null for a folder next to the images.</summary>
    public string? CachePath { get; init; }

    /// <summary>Refuses options that no network can be trained with.</summary>
    /// <exception cref="MedSegException"><c>InputSizeInvalid</c>, <c>RoiCountInvalid</c>, <c>LabelNameEmpty</c> or <c>LabelNameTwice</c>.</exception>
    internal void Validate()
    {
        InputLimits.RequireInputSize(InputSize);
        InputLimits.RequireRoiCount(Math.Max(1, LabelNames.Count));
        InputLimits.RequireLabelNames(LabelNames);
    }
}
