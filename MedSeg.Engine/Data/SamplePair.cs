namespace MedSeg.Data;

/// <summary>An image and the mask of the same name, before they are read.</summary>
/// <param name="Name">The file name without ending.</param>
/// <param name="ImagePath">The absolute path of the image, or null where the mask has none.</param>
/// <param name="LabelPath">The absolute path of the mask, or null where the image has none.</param>
internal sealed record SamplePair(string Name, string? ImagePath, string? LabelPath)
{
    /// <summary>Pairs the files of two folders by name, never by sort order.</summary>
    /// <param name="options">The folders.</param>
    /// <returns>All names, in ordinal order; those without a partner too.</returns>
    /// <exception cref="MedSegException">A folder is missing or holds nothing, or has a name twice.</exception>
    public static IReadOnlyList<SamplePair> Find(DatasetOptions options)
    {
        SortedDictionary<string, string> images = FilesByName(options.DicomPath, "images", path => !IsMask(path));
        SortedDictionary<string, string> masks = FilesByName(options.LabelPath, "label masks", IsMask);
        return [.. images.Keys.Union(masks.Keys).Order(StringComparer.Ordinal)
            .Select(name => new SamplePair(name, images.GetValueOrDefault(name), masks.GetValueOrDefault(name)))];
    }

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

    private static bool IsMask(string path) => Imaging.LabelReader.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    private static SortedDictionary<string, string> FilesByName(string folder, string what, Func<string, bool> belongs)
    {
        if (!Directory.Exists(folder))
        {
            throw new MedSegException(ErrorKind.NotFound, "FolderNotFound", $"{folder}: there is no such folder, where {what} were expected. A data set is a folder with the folders dicoms and labels, or give -DicomPath and -LabelPath.", folder);
        }

        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder).Where(belongs))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (name.Length > 0 && !found.TryAdd(name, path))
            {
                throw new MedSegException(ErrorKind.InvalidData, "NameTwice", $"{path}: {found[name]} has the same name; pairs are made by name, so it must be there once.", path);
            }
        }

        return found.Count > 0 ? found : throw new MedSegException(ErrorKind.NotFound, "FolderEmpty", $"{folder}: the folder holds no {what}.", folder);
    }
}
