namespace MedSeg.Labels.Polygons;

/// <summary>The shapes that were drawn on an image.</summary>
/// <param name="Outlines">The shapes.</param>
/// <param name="Skipped">The number of shapes that were left out, because they enclose no area or are of a kind that is not read.</param>
internal sealed record OutlineSet(IReadOnlyList<Outline> Outlines, int Skipped)
{
    /// <summary>Gets the size of the image; <see langword="null"/> if the file does not state it.</summary>
    public (int Rows, int Columns)? Size { get; init; }

    /// <summary>Gets the labels, each once, in the order of the file.</summary>
    public IReadOnlyList<string> Labels => [.. Outlines.Select(outline => outline.Label).Distinct(StringComparer.OrdinalIgnoreCase)];
}
