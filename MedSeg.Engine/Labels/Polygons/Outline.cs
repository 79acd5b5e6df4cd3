namespace MedSeg.Labels.Polygons;

/// <summary>A shape that someone drew on an image.</summary>
/// <param name="Label">Its label, the name of an ROI.</param>
/// <param name="Rings">Its rings, filled together by the even-odd rule; empty if it is a mask.</param>
internal sealed record Outline(string Label, IReadOnlyList<PolygonPoint[]> Rings)
{
    /// <summary>Gets the frame or slice that it was drawn on, from 1; <see langword="null"/> if the file does not state it.</summary>
    public int? Slice { get; init; }

    /// <summary>Gets the pixels of a shape that is not a polygon, or <see langword="null"/>.</summary>
    public RunLengthMask? Mask { get; init; }

    /// <summary>Gets the pixels of a shape that covers a part of the image and is not a polygon, or <see langword="null"/>.</summary>
    public PlacedMask? Part { get; init; }

    /// <summary>Sets the pixels of the shape to 1 and leaves the others as they are.</summary>
    /// <param name="rows">The number of rows of the image.</param>
    /// <param name="columns">The number of columns of the image.</param>
    /// <param name="pixels">The pixels, row by row.</param>
    /// <returns><see langword="false"/> if the shape is damaged: see <see cref="PolygonRasterizer.TryFill"/>; or it is a mask of another size, or not inside of the image.</returns>
    public bool TryFill(int rows, int columns, int[] pixels) =>
        Mask?.TryFill(rows, columns, pixels) ?? Part?.TryFill(rows, columns, pixels) ?? PolygonRasterizer.TryFill(Rings, rows, columns, pixels);
}
