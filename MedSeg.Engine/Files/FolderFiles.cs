using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>
/// Finds the files of a folder and its subfolders. Links to folders are followed, but each real folder is visited once: links can form
/// circles, which a plain search follows until the path is too long.
/// </summary>
internal static class FolderFiles
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    private static readonly StringComparer s_paths = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Finds files.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    /// <param name="recurse">Whether to search subfolders.</param>
    /// <param name="options">Which entries to skip; null for none.</param>
    /// <param name="isToRead">Whether the content of the files will be read.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The absolute paths. A file that several links lead to has the path without a link, if there is one.</returns>
    /// <exception cref="MedSegException"><c>FileNotDownloaded</c>, at the end: files that will be read are only in the cloud.</exception>
    public static IEnumerable<string> Enumerate(string folder, bool recurse, EnumerationOptions? options = null, bool isToRead = false, CancellationToken cancellationToken = default)
    {
        (int total, int away, string firstAway) = (0, 0, string.Empty);
        var visited = new HashSet<string>(s_paths);
        var folders = new Queue<(string Path, string Real)>([(folder, RealPath(folder))]);
        var links = new Queue<string>();
        while (folders.Count > 0 || links.Count > 0)
        {
            // Links last, so that files are found by their own paths.
            (string path, string real) = folders.Count > 0 ? folders.Dequeue() : Resolve(links.Dequeue());
            if (!visited.Add(real))
            {
                continue;
            }

            foreach (FileSystemInfo entry in new DirectoryInfo(path).EnumerateFileSystemInfos("*", options ?? s_all))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry is not DirectoryInfo)
                {
                    total++;
                    if (isToRead && CloudFile.Is(entry) && away++ == 0)
                    {
                        firstAway = entry.FullName;
                    }

                    yield return entry.FullName;
                }
                else if (recurse && entry.LinkTarget is not null)
                {
                    links.Enqueue(entry.FullName);
                }
                else if (recurse)
                {
                    folders.Enqueue((entry.FullName, Path.Combine(real, entry.Name)));
                }
            }
        }

        if (away > 0)
        {
            throw CloudFile.Error(folder, away, total, firstAway);
        }
    }

    private static (string Path, string Real) Resolve(string link) => (link, RealPath(link));

    private static string RealPath(string path, int links = 0)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string name in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var part = new DirectoryInfo(Path.Combine(real, name));
            real = links < MaxLinks && part.LinkTarget is { } target ? RealPath(Path.Combine(real, target), ++links) : part.FullName;
        }

        return real;
    }
}
