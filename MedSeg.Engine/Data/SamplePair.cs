namespace MedSeg.Data;

/// <summary>An image and the mask of the same name, before they are read.</summary>
/// <param name="Name">The path within the folder, without ending.</param>
/// <param name="ImagePath">The absolute path of the image, or null where the mask has none.</param>
/// <param name="LabelPath">The absolute path of the mask, or null where the image has none.</param>
internal sealed record SamplePair(string Name, string? ImagePath, string? LabelPath)
{
    /// <summary>Gets the files that its samples come from, images first; none where they do not make a pair.</summary>
    public IReadOnlyList<(string Path, bool IsImage)> Files => ImagePath is null || LabelPath is null ? [] : [(ImagePath, true), (LabelPath, false)];

    /// <summary>Pairs the files of two folders by name, never by sort order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="masks">The masks.</param>
    /// <returns>All names, in ordinal order; those without a partner too.</returns>
    public static IReadOnlyList<SamplePair> Match(DataFiles images, DataFiles masks) =>
        [.. images.Paths.Keys.Union(masks.Paths.Keys).Order(StringComparer.Ordinal)
            .Select(name => new SamplePair(name, images.Paths.GetValueOrDefault(name), masks.Paths.GetValueOrDefault(name)))];

    /// <summary>Says which partner is missing.</summary>
    /// <param name="options">The folders.</param>
    /// <returns>The problem, or null where both are there.</returns>
    public LabelProblem? MissingPartner(DatasetOptions options)
    {
        if (LabelPath is null)
        {
            return new LabelProblem("LabelMissing", LabelSeverity.Error, $"{ImagePath}: there is no mask named {Name} (.npy, .png or .jpg) in {options.LabelPath}. The image is left out.", 0);
        }

        return ImagePath is null
            ? new LabelProblem("ImageMissing", LabelSeverity.Error, $"{LabelPath}: there is no image named {Name} in {options.DicomPath}. The mask is left out.", 0)
            : null;
    }
}
