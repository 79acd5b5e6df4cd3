using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>An image and the mask of the same name, before they are read.</summary>
/// <param name="Name">The relative path, without extension.</param>
/// <param name="ImagePath">The absolute path of the image; null if the mask has none.</param>
/// <param name="LabelPath">The absolute path of the mask; null if the image has none.</param>
internal sealed record SamplePair(string Name, string? ImagePath, string? LabelPath)
{
    /// <summary>Gets the images that find their labels by position; empty if the mask is not a volume.</summary>
    public IReadOnlyList<SeriesImage> Slices { get; init; } = [];

    /// <summary>Gets advice that names a file of a similar name, for a file without a partner; null if there is none.</summary>
    public string? Hint { get; init; }

    /// <summary>Gets the problem that prevents reading the pair; null if there is none.</summary>
    public LabelProblem? Problem { get; init; }

    /// <summary>Gets a value indicating whether the mask is a label volume.</summary>
    public bool IsVolume => LabelPath is not null && LabelVolume.IsVolume(LabelPath);

    /// <summary>Gets the files of the samples, images first; empty if they are not a complete pair.</summary>
    public IReadOnlyList<(string Path, bool IsImage)> Files => (Problem, Slices.Count, ImagePath, LabelPath) switch
    {
        (null, > 0, _, not null) => [.. Slices.SelectMany(slice => ImageSource.FilesOf(slice.Path)).Select(path => (path, true)), .. LabelFiles],
        (null, 0, not null, not null) => [.. ImageSource.FilesOf(ImagePath).Select(path => (path, true)), .. LabelFiles],
        _ => [],
    };

    private IEnumerable<(string Path, bool IsImage)> LabelFiles => ImageSource.FilesOf(LabelPath!).Select(path => (path, false));

    /// <summary>Pairs the files of two folders by name, never by order; see <see cref="NamePairing"/>. Volumes without an image of the same name are paired by <see cref="VolumePairing"/>.</summary>
    /// <param name="images">The images.</param>
    /// <param name="masks">The masks.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <returns>The pairs, including files without a partner, in ordinal order of their names.</returns>
    public static IReadOnlyList<SamplePair> Match(DataFiles images, DataFiles masks, ImageReading reading)
    {
        var pairing = new NamePairing(images.Paths, masks.Paths);
        IReadOnlyDictionary<string, string> maskPaths = pairing.Masks;
        KeyValuePair<string, string>[] volumes = [.. maskPaths.Where(mask => !images.Paths.ContainsKey(mask.Key) && LabelVolume.IsVolume(mask.Value))];
        var single = new SortedDictionary<string, string>(images.Paths.Where(image => !maskPaths.ContainsKey(image.Key)).ToDictionary(), StringComparer.Ordinal);
        IReadOnlyList<SamplePair> series = volumes.Length > 0 ? VolumePairing.Match(single, volumes, reading) : [];
        IEnumerable<string> names = images.Paths.Keys.Where(name => maskPaths.ContainsKey(name) || single.ContainsKey(name)).Union(maskPaths.Keys).Except(volumes.Select(v => v.Key));
        return
        [
            .. names.Select(name => Pair(name, images.Paths.GetValueOrDefault(name), maskPaths.GetValueOrDefault(name), reading)).Concat(series)
                .Select(pair => pair with
                {
                    Hint = pairing.HintFor(pair.ImagePath ?? pair.LabelPath),
                    Problem = pair.Problem is { } problem && pairing.SuffixHintFor(pair.LabelPath) is { } suffix ? problem with { Advice = suffix } : pair.Problem,
                })
                .OrderBy(pair => PairName.Compose(pair.Name), StringComparer.Ordinal),
        ];
    }

    /// <summary>Describes which partner is missing.</summary>
    /// <param name="options">The folders.</param>
    /// <returns>The problem; null if both are there.</returns>
    public LabelProblem? MissingPartner(DatasetOptions options)
    {
        if (Problem is not null || Slices.Count > 0)
        {
            return Problem;
        }

        if (ImagePath is null && IsVolume)
        {
            string finding = $"{LabelPath}: The volume is skipped, because {options.DicomPath} has no image that it belongs to: none of the series that it refers to, "
                + $"none whose name starts with {Name}, and none without a mask in the same subfolder.";
            return new LabelProblem(ErrorIds.ImageMissing, LabelSeverity.Error, finding, 0) { Advice = Hint ?? "If the images are in subfolders, use -Recurse." };
        }

        if (LabelPath is null)
        {
            return new LabelProblem(ErrorIds.LabelMissing, LabelSeverity.Error, $"{ImagePath}: The image is skipped, because {options.LabelPath} has no mask named {Name} (.npy, .png, .tif, .jpg, .nii, .roi, .zip, .json or SEG).", 0) { Advice = Hint };
        }

        return ImagePath is null
            ? new LabelProblem(ErrorIds.ImageMissing, LabelSeverity.Error, $"{LabelPath}: The mask is skipped, because {options.DicomPath} has no image named {Name}.", 0) { Advice = Hint }
            : null;
    }

    private static SamplePair Pair(string name, string? image, string? mask, ImageReading reading)
    {
        var pair = new SamplePair(name, image, mask);
        return image is not null && pair.IsVolume ? pair with { Slices = [new SeriesImage(name, image, reading)] } : pair;
    }
}
