namespace MedSeg.Files;

/// <summary>Reads whole files, with errors that name them.</summary>
internal static class FileContent
{
    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="MedSegException">The file is not there, cannot be opened or is 2 GB or more.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MedSegException(ErrorKind.NotFound, "FileNotFound", $"{path}: there is no such file.", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.InvalidData, "FileUnreadable", $"{path}: the file cannot be read: {e.Message}", path, e);
        }
    }
}
