namespace MedSeg.Data.Samples;

/// <summary>A slice in memory with its label mask.</summary>
/// <param name="Image">The image; its name must be unique in the data set.</param>
/// <param name="Mask">The ROI number of each pixel, row by row, [Rows, Columns]; 0 is background.</param>
/// <param name="Patient">
/// What tells patients apart: splits and folds never separate the slices of a patient. It is hashed at once and not kept.
/// </param>
public sealed record LabeledSlice(SliceImage Image, byte[] Mask, string Patient);
