namespace MedSeg.Files;

/// <summary>
/// Recognizes files without bytes before they are opened: pipes, sockets and devices have none, and opening a pipe waits for a program
/// that writes to it, possibly forever, which Ctrl+C does not end.
/// </summary>
internal static class EmptyFile
{
    /// <summary>Checks whether a file is empty, or not a regular file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns><see langword="false"/> if the file has bytes or does not exist.</returns>
    public static bool Is(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == 0;
    }
}
