namespace MedSeg.Pictures;

/// <summary>One slice and its ROIs.</summary>
/// <param name="Caption">What stands above the slice, usually the sample's name; one too long for the tile is shortened in the middle.</param>
/// <param name="Size">The side S of the slice in pixels.</param>
/// <param name="Image">The slice, [S, S] by rows.</param>
/// <param name="Roi">The ROI of each pixel, [S, S] by rows; 0 is the background.</param>
public sealed record PreviewTile(string Caption, int Size, float[] Image, byte[] Roi)
{
    /// <summary>Gets the values that are shown black and white; null for the slice's own smallest and largest finite value.</summary>
    public (float Low, float High)? Window { get; init; }
}
