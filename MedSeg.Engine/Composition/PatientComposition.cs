using MedSeg.Options;

namespace MedSeg.Composition;

/// <summary>Size and composition of an ROI over the slices of a patient.</summary>
public sealed record PatientComposition
{
    /// <summary>Gets a hash that identifies the patient within the session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the side of the body; null if it is not known.</summary>
    public BodySide? Side { get; init; }

    /// <summary>Gets the level whose slices are summarized; null for all slices of the patient.</summary>
    public string? Level { get; init; }

    /// <summary>Gets the number of slices of the patient.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the number of slices with the ROI.</summary>
    public required int SlicesWithRoi { get; init; }

    /// <summary>Gets the mean area of the slices with the ROI, in mm².</summary>
    [Unit("mm²")]
    public double? MeanArea { get; init; }

    /// <summary>Gets the largest area, in mm².</summary>
    [Unit("mm²")]
    public double? LargestArea { get; init; }

    /// <summary>Gets the slice with the largest area.</summary>
    public string? LargestSlice { get; init; }

    /// <summary>Gets the volume, in mm³, from the positions of the slices; null as for <c>AreaSummary.Volume</c>.</summary>
    [Unit("mm³")]
    public double? Volume { get; init; }

    /// <summary>Gets the mean intensity over all measured pixels.</summary>
    public double? Mean { get; init; }

    /// <summary>Gets the fraction of fat over all slices, weighted by area, in percent.</summary>
    [Unit("%")]
    public double? FatPercent { get; init; }

    /// <summary>Gets the mean area without fat of the slices with the ROI, in mm².</summary>
    [Unit("mm²")]
    public double? MeanLeanArea { get; init; }

    /// <summary>Gets the volume without fat, in mm³.</summary>
    [Unit("mm³")]
    public double? LeanVolume { get; init; }

    /// <summary>Gets how fat and muscle were separated.</summary>
    public FatMethod FatMethod { get; init; }

    /// <summary>Gets the scan whose slices are summarized; null for all slices of the patient.</summary>
    public string? Scan { get; init; }

    /// <summary>Gets the volume, in cm³.</summary>
    [Unit("cm³")]
    public double? VolumeCm3 => Volume / 1000;

    /// <summary>Gets the volume without fat, in cm³.</summary>
    [Unit("cm³")]
    public double? LeanVolumeCm3 => LeanVolume / 1000;
}
