using MedSeg.Data.Samples;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>An image and the mask of the same name, before they are read.</summary>
/// <param name="Name">The path within the folder, without ending.</param>
/// <param name="ImagePath">The absolute path of the image, or null where the mask has none.</param>
/// <param name="LabelPath">The absolute path of the mask, or null where the image has none.</param>
internal sealed record SamplePair(string Name, string? ImagePath, string? LabelPath)
{
    /// <summary>Gets the images that find their labels by position, where the mask is a volume.</summary>
    public IReadOnlyList<SeriesImage> Slices { get; init; } = [];

    /// <summary>Gets what keeps the pair from being read.</summary>
    public LabelProblem? Problem { get; init; }

    /// <summary>Gets a value indicating whether the mask is a volume of labels.</summary>
    public bool IsVolume => LabelPath is not null && LabelVolume.IsVolume(LabelPath);

    /// <summary>Gets the files that its samples come from, images first; none where they do not make a pair.</summary>
    public IReadOnlyList<(string Path, bool IsImage)> Files => (Problem, Slices.Count, ImagePath, LabelPath) switch
    {
        (null, > 0, _, not null) => [.. Slices.Select(slice => (slice.Path, true)), (LabelPath, false)],
        (null, 0, not null, not null) => [(ImagePath, true), (LabelPath, false)],
        _ => [],
    };

    /// <summary>Pairs the files of two folders by name, never by sort order; volumes without an image of their name by <see cref="VolumePairing"/>.</summary>
    /// <param name="images">The images.</param>
    /// <param name="masks">The masks.</param>
    /// <returns>All names, in ordinal order; those without a partner too.</returns>
    public static IReadOnlyList<SamplePair> Match(DataFiles images, DataFiles masks)
    {
        KeyValuePair<string, string>[] volumes = [.. masks.Paths.Where(mask => !images.Paths.ContainsKey(mask.Key) && LabelVolume.IsVolume(mask.Value))];
        var single = new SortedDictionary<string, string>(images.Paths.Where(image => !masks.Paths.ContainsKey(image.Key)).ToDictionary(), StringComparer.Ordinal);
        IReadOnlyList<SamplePair> series = volumes.Length > 0 ? VolumePairing.Match(single, volumes) : [];
        IEnumerable<string> names = images.Paths.Keys.Where(name => masks.Paths.ContainsKey(name) || single.ContainsKey(name)).Union(masks.Paths.Keys).Except(volumes.Select(v => v.Key));
        return [.. names.Select(name => Pair(name, images.Paths.GetValueOrDefault(name), masks.Paths.GetValueOrDefault(name))).Concat(series).OrderBy(pair => pair.Name, StringComparer.Ordinal)];
    }

    /// <summary>Says which partner is missing.</summary>
    /// <param name="options">The folders.</param>
    /// <returns>The problem, or null where both are there.</returns>
    public LabelProblem? MissingPartner(DatasetOptions options)
    {
        if (Problem is not null || Slices.Count > 0)
        {
            return Problem;
        }

        if (ImagePath is null && IsVolume)
        {
            return new LabelProblem("ImageMissing", LabelSeverity.Error, $"{LabelPath}: in {options.DicomPath} there is no image that the volume belongs to: none of the series that it names, none whose name begins with {Name}, and none without a mask in its folder. Where images are in folders within, use -Recurse. The volume is left out.", 0);
        }

        if (LabelPath is null)
        {
            return new LabelProblem("LabelMissing", LabelSeverity.Error, $"{ImagePath}: there is no mask named {Name} (.npy, .png, .tif, .jpg, .nii or SEG) in {options.LabelPath}. The image is left out.", 0);
        }

        return ImagePath is null
            ? new LabelProblem("ImageMissing", LabelSeverity.Error, $"{LabelPath}: there is no image named {Name} in {options.DicomPath}. The mask is left out.", 0)
            : null;
    }

    private static SamplePair Pair(string name, string? image, string? mask)
    {
        var pair = new SamplePair(name, image, mask);
        return image is not null && pair.IsVolume ? pair with { Slices = [new SeriesImage(name, image)] } : pair;
    }
}
