using MedSeg.Options;

namespace MedSeg.Evaluation;

/// <summary>The areas of an ROI in the slices of a series.</summary>
public sealed record AreaSummary
{
    /// <summary>Gets the name of the series.</summary>
    public required string Series { get; init; }

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of slices of the series.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the number of slices with the ROI.</summary>
    public required int SlicesWithRoi { get; init; }

    /// <summary>Gets the mean area, in mm², of the slices with the ROI; null where no slice has it, or a file states no pixel spacing.</summary>
    [Unit("mm²")]
    public double? MeanArea { get; init; }

    /// <summary>Gets the standard deviation of these areas (divided by n − 1), in mm²; null where fewer than two slices have the ROI.</summary>
    [Unit("mm²")]
    public double? AreaDeviation { get; init; }

    /// <summary>Gets the largest area, in mm²; null as for the mean.</summary>
    [Unit("mm²")]
    public double? LargestArea { get; init; }

    /// <summary>
    /// Gets the volume, in mm³: the sum of each area times the thickness of its slab, which reaches half way to both neighbours (at the ends,
    /// as far outwards as inwards). Null where a slice has no spacing or position, two have the same position, or there is one slice only.
    /// </summary>
    [Unit("mm³")]
    public double? Volume { get; init; }

    /// <summary>Gets the volume, in cm³.</summary>
    [Unit("cm³")]
    public double? VolumeCm3 => Volume / 1000;
}
