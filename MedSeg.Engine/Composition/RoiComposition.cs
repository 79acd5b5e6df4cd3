using MedSeg.Options;

namespace MedSeg.Composition;

/// <summary>Size, shape, intensities and fat of an ROI in a slice. Values are null where they are not known.</summary>
public sealed record RoiComposition
{
    /// <summary>Gets the name of the slice.</summary>
    public required string Slice { get; init; }

    /// <summary>Gets a hash that identifies the patient within the session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the position of the slice along the normal of its plane, in mm.</summary>
    [Unit("mm")]
    public double? Location { get; init; }

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the side of the body; null if it is not known.</summary>
    public BodySide? Side { get; init; }

    /// <summary>Gets the level of the slice; null if none was given.</summary>
    public string? Level { get; init; }

    /// <summary>Gets the number of pixels of the mask.</summary>
    public required long Pixels { get; init; }

    /// <summary>Gets the area, in mm²; null if the pixel spacing is not known.</summary>
    [Unit("mm²")]
    public double? Area { get; init; }

    /// <summary>Gets the length of the edge, in mm (Crofton's formula with four directions; Legland, Kiêu and Devaux 2007).</summary>
    [Unit("mm")]
    public double? Perimeter { get; init; }

    /// <summary>Gets the row of the centroid, from 0.</summary>
    [Unit("pixel")]
    public double? CentroidRow { get; init; }

    /// <summary>Gets the column of the centroid, from 0.</summary>
    [Unit("pixel")]
    public double? CentroidColumn { get; init; }

    /// <summary>Gets the number of pixels whose intensities were measured: fewer than the mask has after erosion or a noise floor.</summary>
    public required long MeasuredPixels { get; init; }

    /// <summary>Gets the number of pixels by which the ROI was made smaller before intensities were measured.</summary>
    [Unit("pixel")]
    public required int Erosion { get; init; }

    /// <summary>Gets the mean intensity.</summary>
    public double? Mean { get; init; }

    /// <summary>Gets the standard deviation of the intensities (divided by n − 1).</summary>
    public double? Deviation { get; init; }

    /// <summary>Gets the median intensity.</summary>
    public double? Median { get; init; }

    /// <summary>Gets the least intensity.</summary>
    public double? Minimum { get; init; }

    /// <summary>Gets the greatest intensity.</summary>
    public double? Maximum { get; init; }

    /// <summary>Gets the 5th percentile of the intensities.</summary>
    public double? Percentile5 { get; init; }

    /// <summary>Gets the 25th percentile.</summary>
    public double? Percentile25 { get; init; }

    /// <summary>Gets the 75th percentile.</summary>
    public double? Percentile75 { get; init; }

    /// <summary>Gets the 95th percentile.</summary>
    public double? Percentile95 { get; init; }

    /// <summary>Gets how fat and muscle were separated.</summary>
    public FatMethod FatMethod { get; init; }

    /// <summary>Gets the intensity above which a pixel is fat; null for Dixon and without a method. Of a mixture, where fat becomes more probable.</summary>
    public double? FatThreshold { get; init; }

    /// <summary>Gets the fraction of fat, in percent.</summary>
    [Unit("%")]
    public double? FatPercent { get; init; }

    /// <summary>Gets the fraction between muscle and fat, in percent; null unless there are three components.</summary>
    [Unit("%")]
    public double? IntermediatePercent { get; init; }

    /// <summary>Gets the area of fat, in mm².</summary>
    [Unit("mm²")]
    public double? FatArea => Area * FatPercent / 100;

    /// <summary>Gets the area without fat, in mm².</summary>
    [Unit("mm²")]
    public double? LeanArea => Area - FatArea;

    /// <summary>Gets the name of the scan that the slice is of; empty if files and folders do not tell scans apart.</summary>
    public string Scan { get; init; } = string.Empty;
}
