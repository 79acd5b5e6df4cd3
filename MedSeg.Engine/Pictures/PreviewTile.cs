namespace MedSeg.Pictures;

/// <summary>A slice and its ROIs, to be drawn.</summary>
/// <param name="Caption">The text above the slice, usually the sample's name; shortened in the middle if it is too long.</param>
/// <param name="Size">The side S of the slice in pixels.</param>
/// <param name="Image">The slice, [S, S] by rows.</param>
/// <param name="Roi">The ROI of each pixel, [S, S] by rows; 0 is the background, 255 an ignored pixel, which is hatched.</param>
public sealed record PreviewTile(string Caption, int Size, float[] Image, byte[] Roi)
{
    /// <summary>Gets the values drawn as black and as white; null for the smallest and the largest finite value of the slice.</summary>
    public (float Low, float High)? Window { get; init; }
}
