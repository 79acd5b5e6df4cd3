using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Data.Files;

/// <summary>Pairs folders of images with folders of masks by the names in two patterns.</summary>
internal static class PatternFolders
{
    /// <summary>Finds the folders.</summary>
    /// <param name="path">The absolute path of the folder that the patterns are relative to.</param>
    /// <param name="images">The pattern of the folders of images.</param>
    /// <param name="labels">The pattern of the folders of masks.</param>
    /// <exception cref="MedSegException"><c>FolderPatternInvalid</c> or <c>FolderNotFound</c>.</exception>
    public static DatasetFolder Find(string path, FolderPattern images, FolderPattern labels)
    {
        if (!Directory.Exists(path))
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, $"{path}: The folder was not found.", path) { Advice = MissingPath.Advise(path) };
        }

        string[] shared = [.. images.Names.Intersect(labels.Names)];
        ILookup<string, string> masks = labels.Find(path).ToLookup(folder => KeyOf(folder.Values, shared), folder => folder.Path, StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<(string Path, IReadOnlyDictionary<string, string> Values)> found = images.Find(path);
        var folders = new List<PatientFolder>();
        foreach ((string folder, IReadOnlyDictionary<string, string> values) in found)
        {
            string[] own = [.. masks[KeyOf(values, shared)]];
            if (own.Length > 1)
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FolderPatternInvalid, $"{folder}: The images have {own.Length} folders of masks, {own[0]} and {own[1]}.", folder)
                {
                    Advice = $"Change -FolderPattern, now '{images}', '{labels}', so that each folder of images has one folder of masks.",
                };
            }

            if (own is [string only])
            {
                folders.Add(new PatientFolder(values[FolderPattern.Patient], folder, only) { Name = string.Join('/', images.Names.Select(name => values[name])), IsStated = true });
            }
        }

        return folders.Count > 0
            ? new DatasetFolder(path, path) { PatientFolders = folders, Note = found.Count > folders.Count ? $"{path}: {found.Count - folders.Count} of {found.Count} folders of images have no folder of masks, and are not imported." : null }
            : throw NotFound(path, images, labels, found.Count);
    }

    private static string KeyOf(IReadOnlyDictionary<string, string> values, string[] names) => string.Join('/', names.Select(name => values[name]));

    private static MedSegException NotFound(string path, FolderPattern images, FolderPattern labels, int found) => new(
        ErrorKind.NotFound,
        ErrorIds.FolderNotFound,
        found == 0 ? $"{path}: No folder of images matches '{images}'." : $"{path}: {found} folders of images match '{images}', but none of them has a folder of masks that matches '{labels}'.",
        path)
    {
        Advice = "Change -FolderPattern: a name in braces means the name of one folder, or a part of it.",
    };
}
