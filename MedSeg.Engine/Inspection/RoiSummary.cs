namespace MedSeg.Inspection;

/// <summary>How an ROI occurs over a data set.</summary>
/// <param name="Name">The ROI's name.</param>
/// <param name="Slices">The usable slices that have it.</param>
/// <param name="Share">Their share of all usable slices, from 0 to 1.</param>
/// <param name="Patients">The patients that have it.</param>
/// <param name="MedianPixels">The median of its pixels where it is, at the masks' own size.</param>
/// <param name="MedianArea">The median of its area where it is, in mm²; null where no image tells its pixel spacing.</param>
public sealed record RoiSummary(string Name, int Slices, double Share, int Patients, double MedianPixels, double? MedianArea);
