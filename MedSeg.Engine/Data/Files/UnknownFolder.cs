using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Data.Files;

/// <summary>Explains why a folder is not a data set: often it is the folder above, one of its parts, or its parts have other names.</summary>
internal static class UnknownFolder
{
    private const int FoldersShown = 3;
    private const int FoldersLookedAt = 100;

    private static readonly string[] s_parts = ["dicoms", "images", "labels", "masks", "imagesTr", "labelsTr", "imagesTs", "labelsTs"];

    /// <summary>Makes the error.</summary>
    /// <param name="path">The absolute path of a folder that exists.</param>
    /// <returns>The error <c>FolderNotFound</c>.</returns>
    public static MedSegException Error(string path)
    {
        string[] folders = [.. Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
        string[] files = [.. FolderFiles.Enumerate(path, recurse: false).Where(file => !SystemFile.Is(path, file)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        string finding = $"The folder is not a data set, because it has no folders dicoms and labels, images and labels, or images and masks. It contains {Contents(folders, files)}.";
        return new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, $"{path}: {finding}", path) { Advice = Advise(path, folders, files) };
    }

    private static string Contents(string[] folders, string[] files)
    {
        string shown = string.Join(", ", folders.Take(FoldersShown).Select(name => $"'{name}'"));
        string more = folders.Length > FoldersShown ? string.Create(CultureInfo.InvariantCulture, $" and {folders.Length - FoldersShown} more") : "";
        string? ofFolders = folders.Length == 0 ? null : $"the folder{(folders.Length == 1 ? "" : "s")} {shown}{more}";
        string? ofFiles = files.Length == 0 ? null : files.Length == 1 ? $"the file '{files[0]}'" : string.Create(CultureInfo.InvariantCulture, $"{files.Length} files, such as '{files[0]}'");
        return ofFolders is null && ofFiles is null ? "nothing" : string.Join(" and ", ((string?[])[ofFolders, ofFiles]).OfType<string>());
    }

    private static string Advise(string path, string[] folders, string[] files)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) is { } parent && s_parts.Contains(name, StringComparer.OrdinalIgnoreCase) && s_parts.Count(part => Directory.Exists(Path.Combine(parent, part))) > 1)
        {
            return $"The folder is a part of a data set. Import the folder that it is in, '{parent}'.";
        }

        string Inside(string folder) => Path.Combine(path, folder);
        if (folders.Contains("imagesTr", StringComparer.Ordinal))
        {
            return folders.Contains("labelsTr", StringComparer.Ordinal)
                ? $"This is a data set of nnU-Net without its dataset.json. Copy that file into the folder, or use -DicomPath '{Inside("imagesTr")}' -LabelPath '{Inside("labelsTr")}'."
                : "This is a data set of nnU-Net without dataset.json and labelsTr. Copy both into the folder.";
        }

        if (Array.Find(folders, folder => folder is "images" or "dicoms") is { } images)
        {
            return $"Put the masks into the folder '{Inside("labels")}', or use -DicomPath '{Inside(images)}' and -LabelPath with the folder of the masks.";
        }

        if (folders.Take(FoldersLookedAt).FirstOrDefault(folder => File.Exists(Path.Combine(path, folder, "dataset.json"))) is { } dataset)
        {
            return $"Import one of its data sets, such as '{Inside(dataset)}', or each of them: Import-MedSegDataset '{Inside("*")}'. Join-MedSegDataset makes one of several.";
        }

        string general = "For images and masks in other folders, use -DicomPath and -LabelPath, or -FolderPattern if each patient has folders.";
        return Array.Exists(files, file => DataFiles.ImageExtensionOf(Inside(file)) is not null)
            ? $"If images and masks are all in this folder, move them into the folders 'images' and 'labels', or list them in a table for -PairsPath. {general}"
            : $"{general} A data set of nnU-Net has dataset.json, imagesTr and labelsTr.";
    }
}
