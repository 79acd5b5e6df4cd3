using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Data.Files;

/// <summary>Explains why a folder has no images or masks: often its files have a format that is not read.</summary>
internal static class EmptyFolder
{
    private const int FilesLookedAt = 100;
    private const int KindsShown = 3;

    /// <summary>Creates the error.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recurse">Whether its subfolders were searched.</param>
    /// <param name="isOfMasks">Whether masks were looked for, not images.</param>
    /// <param name="suffix">The suffix that masks should have; empty if they need none.</param>
    /// <returns>The error <c>FolderEmpty</c>.</returns>
    public static MedSegException Error(string folder, bool recurse, bool isOfMasks, string suffix)
    {
        string what = isOfMasks ? "label masks" : "images";
        string[] files = [.. FolderFiles.Enumerate(folder, recurse).Where(path => !SystemFile.Is(folder, path)).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            return Error(folder, $"The folder contains no {what}.", "If they are in subfolders, use -Recurse.");
        }

        if (suffix.Length > 0 && Array.Exists(files, IsMask))
        {
            string first = Path.GetRelativePath(folder, Array.Find(files, IsMask)!);
            return Error(folder, $"The folder contains no {what} whose names end with '{suffix}'; there is for example {first}.", "Correct -MaskSuffix, or leave it out.");
        }

        string[] kinds = [.. files.Take(FilesLookedAt).Select(path => (Path: path, Kind: FileKind.Of(path))).DistinctBy(file => file.Kind).Take(KindsShown)
            .Select(file => $"{Path.GetRelativePath(folder, file.Path)} {file.Kind}")];
        string count = files.Length == 1 ? "1 file" : $"{files.Length} files";
        string formats = isOfMasks
            ? "Save masks as PNG, .npy, TIFF, NIfTI in one file (.nii, .nii.gz), NRRD, DICOM SEG, RTSTRUCT or JPEG, or ROIs as those of ImageJ, LabelMe or COCO."
            : "Images are read from DICOM, NIfTI, NRRD, MetaImage, PNG, TIFF and .npy files: export or convert them.";
        bool areMasks = !isOfMasks && Array.Exists(kinds, kind => kind.Contains("is a segmentation of", StringComparison.Ordinal));
        formats = areMasks ? $"If the folders of images and masks are swapped, exchange them. {formats}" : formats;
        string subfolders = !recurse && Directory.EnumerateDirectories(folder).Any() ? " If they are in subfolders, use -Recurse." : "";
        return Error(folder, $"The folder contains {count}, but no {what} that MedSeg reads: {string.Join("; ", kinds)}.", formats + subfolders);
    }

    private static bool IsMask(string path) => DataFiles.MaskExtensionOf(path) is not null;

    private static MedSegException Error(string folder, string finding, string advice) =>
        new(ErrorKind.NotFound, ErrorIds.FolderEmpty, $"{folder}: {finding}", folder) { Advice = advice };
}
