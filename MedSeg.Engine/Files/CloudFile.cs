using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>
/// Recognizes files that Windows shows but that are only in the cloud, as OneDrive and others do to save space. Opening one waits for its download, or for
/// a minute until it fails without a network; thousands of them would take hours.
/// </summary>
internal static class CloudFile
{
    // FILE_ATTRIBUTE_RECALL_ON_OPEN and FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS (winnt.h), which .NET does not name.
    private const FileAttributes Recall = (FileAttributes)(0x0004_0000 | 0x0040_0000);

    /// <summary>Gets what tests have in place of the attributes that Windows gives, in their own flow of execution.</summary>
    internal static AsyncLocal<Func<FileSystemInfo, FileAttributes>?> AttributesOf { get; } = new();

    /// <summary>Checks whether a file is only in the cloud.</summary>
    /// <param name="file">The file as a search gave it, so that its attributes are known.</param>
    public static bool Is(FileSystemInfo file) =>
        AttributesOf.Value is { } attributes ? (attributes(file) & Recall) != 0 : OperatingSystem.IsWindows() && (file.Attributes & Recall) != 0;

    /// <summary>Makes the error of a folder with such files.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    /// <param name="count">How many of its files are only in the cloud.</param>
    /// <param name="total">The number of its files.</param>
    /// <param name="first">The absolute path of the first.</param>
    public static MedSegException Error(string folder, int count, int total, string first) =>
        new(ErrorKind.NotFound, ErrorIds.FileNotDownloaded, $"{folder}: {count} of {total} files are only in the cloud (OneDrive, for example), not on this computer. The first is {Path.GetRelativePath(folder, first)}.", folder)
        {
            Advice = "In Explorer, right-click the folder, choose 'Always keep on this device', and wait until all files are downloaded.",
        };
}
