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

    /// <summary>Gets a value indicating whether images and masks are looked for in the folders within, too.</summary>
    public bool Recurse { get; init; }

    /// <summary>Gets the side S of the decoded slices, in pixels; a multiple of 16.</summary>
    public int InputSize { get; init; } = 256;

    /// <summary>Gets the names of the ROIs; where there are none, K is the highest value found.</summary>
    public IReadOnlyList<string> LabelNames { get; init; } = [];

    /// <summary>Gets which ROIs the values, segments and colours of masks stand for.</summary>
    public LabelMapping LabelMap { get; init; } = LabelMapping.None;

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public ResizeMode ResizeMode { get; init; }

    /// <summary>
    /// Gets the distance in grey levels between the numbers of neighbouring ROIs in JPEG masks, from 1 to 255; null lets
    /// each mask prove it. 1 accepts plain ROI numbers, which compression turns into other ROIs unnoticed.
    /// </summary>
    public int? JpegStep { get; init; }

    /// <summary>Gets where decoded slices are kept.</summary>
    public DatasetCache Cache { get; init; }

    /// <summary>Gets the absolute path of the folder of the cache file; null for a folder beside that of the images.</summary>
    public string? CachePath { get; init; }

    /// <summary>Refuses options that no network can be trained with.</summary>
    /// <exception cref="MedSegException"><c>InputSizeInvalid</c> or <c>RoiCountInvalid</c>.</exception>
    internal void Validate()
    {
        InputLimits.RequireInputSize(InputSize);
        InputLimits.RequireRoiCount(Math.Max(1, LabelNames.Count));
    }
}
