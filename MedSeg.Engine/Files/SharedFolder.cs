namespace MedSeg.Files;

/// <summary>Finds the folder that several folders are in.</summary>
internal static class SharedFolder
{
    private static readonly StringComparison s_comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Returns the deepest folder that contains all files.</summary>
    /// <param name="files">Absolute paths of files or folders.</param>
    /// <returns>As <see cref="Of"/>. A root, such as <c>/</c>, is in itself.</returns>
    public static string OfFiles(IEnumerable<string> files) => Of(files.Select(file => Path.GetDirectoryName(file) ?? file));

    /// <summary>Returns the deepest folder that contains all folders, or is one of them.</summary>
    /// <param name="folders">Absolute paths.</param>
    /// <returns>The folder; empty if there are none, or they are on several drives.</returns>
    public static string Of(IEnumerable<string> folders)
    {
        string? shared = null;
        foreach (string folder in folders.Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal))
        {
            shared ??= folder;
            while (shared is not null && !IsWithin(folder, shared))
            {
                shared = Path.GetDirectoryName(shared);
            }

            if (shared is null)
            {
                return "";
            }
        }

        return shared ?? "";
    }

    private static bool IsWithin(string folder, string parent) =>
        folder.StartsWith(parent, s_comparison) && (folder.Length == parent.Length || Path.EndsInDirectorySeparator(parent) || folder[parent.Length] == Path.DirectorySeparatorChar);
}
