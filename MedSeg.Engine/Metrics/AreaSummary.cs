namespace MedSeg.Metrics;

/// <summary>The areas of an ROI in the slices of a series.</summary>
public sealed record AreaSummary
{
    /// <summary>Gets the name of the series.</summary>
    public required string Series { get; init; }

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the slices of the series.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the slices that have the ROI.</summary>
    public required int SlicesWithRoi { get; init; }

    /// <summary>Gets the mean of the areas, in mm², of the slices that have the ROI; null where none has, or a file states no pixel spacing.</summary>
    public double? MeanArea { get; init; }

    /// <summary>Gets the standard deviation of these areas (divided by n − 1), in mm²; null where fewer than two slices have the ROI.</summary>
    public double? AreaDeviation { get; init; }

    /// <summary>Gets the greatest area, in mm²; null as for the mean.</summary>
    public double? LargestArea { get; init; }

    /// <summary>
    /// Gets the volume, in mm³: each area times the distance to its neighbours, half of it to each side and at the ends as far out as in; null
    /// where a slice says no spacing or place, two have the same place, or there is one slice only.
    /// </summary>
    public double? Volume { get; init; }
}
