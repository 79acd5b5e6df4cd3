namespace MedSeg.Imaging;

/// <summary>The connected parts of an ROI in one mask; pixels that touch by a corner are connected.</summary>
/// <param name="Count">The number of parts; 0 where the mask lacks the ROI.</param>
/// <param name="LargestPixels">The pixels of the largest part.</param>
/// <param name="StrayPixels">The pixels of the parts that lie apart from the largest: more than two rows or columns from the rectangle around it.</param>
public readonly record struct RoiComponents(int Count, long LargestPixels, long StrayPixels);
