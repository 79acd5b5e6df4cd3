namespace MedSeg.Inspection;

/// <summary>How often an ROI occurs in a data set, and its typical size.</summary>
/// <param name="Name">The ROI's name.</param>
/// <param name="Slices">The number of usable slices that have it.</param>
/// <param name="Share">Their share of all usable slices, from 0 to 1.</param>
/// <param name="Patients">The number of patients that have it.</param>
/// <param name="MedianPixels">The median number of pixels in the slices that have it, at the masks' original size.</param>
/// <param name="MedianArea">The median area in the slices that have it, in mm²; null if no image states its pixel spacing.</param>
public sealed record RoiSummary(string Name, int Slices, double Share, int Patients, double MedianPixels, double? MedianArea);
