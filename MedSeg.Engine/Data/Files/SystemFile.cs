namespace MedSeg.Data.Files;

/// <summary>Recognises what operating systems and programs leave in folders, by name: never an image or a mask, although it may have the extension of one.</summary>
internal static class SystemFile
{
    // macOS writes ._name beside name on drives that do not keep its attributes.
    private const string AppleDouble = "._";

    private static readonly HashSet<string> s_files = new(StringComparer.OrdinalIgnoreCase)
    {
        ".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r",
    };

    private static readonly HashSet<string> s_folders = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX", ".AppleDouble", ".Trashes", ".Spotlight-V100", ".fseventsd", "$RECYCLE.BIN", "System Volume Information", "@eaDir", "#recycle", ".ipynb_checkpoints",
    };

    /// <summary>Checks a file in a folder of images or masks.</summary>
    /// <param name="folder">The folder; its own name does not matter.</param>
    /// <param name="path">The path of the file.</param>
    public static bool Is(string folder, string path)
    {
        string[] parts = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar);
        return parts[^1].StartsWith(AppleDouble, StringComparison.Ordinal) || s_files.Contains(parts[^1]) || parts.SkipLast(1).Any(s_folders.Contains);
    }
}
