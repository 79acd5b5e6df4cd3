using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>The files of a folder that belong to a data set, by the names with which they are paired.</summary>
internal sealed class DataFiles
{
    // A name may hold points of its own, as UIDs do: only these endings are no part of it.
    private static readonly string[] s_dicomEndings = [".dcm", ".dicom", ".dic", ".ima", ".img"];

    private readonly SortedDictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly List<string> _passedOver = [];

    private DataFiles()
    {
    }

    /// <summary>Gets the absolute path of each file, by name: the path within the folder, with slashes and without ending.</summary>
    public IReadOnlyDictionary<string, string> Paths => _paths;

    /// <summary>Gets the absolute paths of files that are not DICOM and do not claim to be.</summary>
    public IReadOnlyList<string> PassedOver => _passedOver;

    /// <summary>Finds DICOM files by their content, whatever their ending; one whose ending says DICOM must be DICOM.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recurse">Whether to look into the folders within it.</param>
    /// <param name="known">The paths of files that are known to be images, and need not be opened.</param>
    /// <exception cref="MedSegException">The folder is missing or holds none, or has a name twice.</exception>
    public static DataFiles FindImages(string folder, bool recurse, IReadOnlySet<string> known)
    {
        var files = new DataFiles();
        foreach (string path in Enumerate(folder, "images", recurse))
        {
            string? ending = EndingOf(path, s_dicomEndings);
            bool hasNoEnding = Path.GetExtension(path).Length == 0;
            if (!known.Contains(path) && SegVolume.IsSegmentation(path))
            {
                // Exported beside the images; it belongs among the masks.
                files._passedOver.Add(path);
            }
            else if (known.Contains(path) || DicomImageReader.IsDicom(path) || ((ending is not null || hasNoEnding) && Path.GetFileName(path)[0] != '.'))
            {
                files.Add(folder, path, ending);
            }
            else
            {
                files._passedOver.Add(path);
            }
        }

        return files.OrEmptyError(folder, "images");
    }

    /// <summary>Finds label masks by their endings, and DICOM segmentations by their content.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recurse">Whether to look into the folders within it.</param>
    /// <exception cref="MedSegException">The folder is missing or holds none, or has a name twice.</exception>
    public static DataFiles FindMasks(string folder, bool recurse)
    {
        var files = new DataFiles();
        foreach (string path in Enumerate(folder, "label masks", recurse))
        {
            string? ending = EndingOf(path, LabelReader.Extensions) ?? EndingOf(path, LabelVolume.Extensions);
            if (ending is not null || SegVolume.IsSegmentation(path))
            {
                files.Add(folder, path, ending ?? EndingOf(path, s_dicomEndings));
            }
        }

        return files.OrEmptyError(folder, "label masks");
    }

    /// <summary>Gives the name of an image: that of its file without the endings of DICOM.</summary>
    /// <param name="path">The path.</param>
    public static string NameOfImage(string path) => Path.GetFileName(path)[..^(EndingOf(path, s_dicomEndings)?.Length ?? 0)];

    private static IEnumerable<string> Enumerate(string folder, string what, bool recurse)
    {
        if (!Directory.Exists(folder))
        {
            throw new MedSegException(ErrorKind.NotFound, "FolderNotFound", $"{folder}: there is no such folder, where {what} were expected. A data set is a folder with the folders dicoms and labels, or give -DicomPath and -LabelPath.", folder);
        }

        return Directory.EnumerateFiles(folder, "*", recurse ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly);
    }

    private static string? EndingOf(string path, IReadOnlyList<string> endings) =>
        endings.FirstOrDefault(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(path).Length > ending.Length);

    private void Add(string folder, string path, string? ending)
    {
        string name = Path.GetRelativePath(folder, path)[..^(ending?.Length ?? 0)].Replace(Path.DirectorySeparatorChar, '/');
        if (!_paths.TryAdd(name, path))
        {
            throw new MedSegException(ErrorKind.InvalidData, "NameTwice", $"{path}: {_paths[name]} has the same name; pairs are made by name, so it must be there once.", path);
        }
    }

    private DataFiles OrEmptyError(string folder, string what) =>
        _paths.Count > 0 ? this : throw new MedSegException(ErrorKind.NotFound, "FolderEmpty", $"{folder}: the folder holds no {what}. Where they are in folders within it, use -Recurse.", folder);
}
