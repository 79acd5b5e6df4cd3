using MedSeg.Files;

namespace MedSeg.Inference.Output;

/// <summary>Where and how the masks of a segmentation are written.</summary>
public sealed record MaskOutput
{
    /// <summary>Gets the absolute path of the output folder. It is created where it does not exist.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the file format of the masks.</summary>
    public MaskFormat Format { get; init; }

    /// <summary>Gets a value indicating whether a picture of each slice with its ROIs is written to the subfolder <c>overlays</c>.</summary>
    public bool Overlay { get; init; }

    /// <summary>Gets codes of ROIs for DICOM segmentations and 3D Slicer; the first whose name matches is used, then those of MedSeg.</summary>
    public IReadOnlyList<SegmentCode> SegmentCodes { get; init; } = [];

    /// <summary>
    /// Gets a value indicating whether DICOM segmentations and structure sets leave out the patient and the study: name, ID, birth date, sex, accession number,
    /// referring physician, study ID, date and time. The UIDs that refer to the images stay.
    /// </summary>
    public bool Anonymous { get; init; }

    /// <summary>
    /// Gets which part of the series is segmented; null for all. With a part, masks that exist are skipped instead of refused, so that an interrupted
    /// part can be started again; with <see cref="Force"/> they are replaced.
    /// </summary>
    public SeriesShare? Share { get; init; }

    /// <summary>Gets a value indicating whether existing files are replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Gets how a numbered mask is written where another program has the mask open; null to fail.</summary>
    internal Numbering? Numbering { get; init; }
}
