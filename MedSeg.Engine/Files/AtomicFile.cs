using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>Writes files so that a file is seen under its final name only when it is whole.</summary>
public static class AtomicFile
{
    /// <summary>The ending of a file that is being written; one that is left over may be deleted.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>Writes a file beside its final place, flushes it to disk and renames it.</summary>
    /// <param name="path">The absolute path; a file that stands there is replaced. Its folder is created.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="beforeReplacing">Is called when the content is whole on disk, before it gets its name; or null.</param>
    /// <exception cref="MedSegException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, Action<Stream> write, Action? beforeReplacing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string partial = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}{PartialSuffix}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            beforeReplacing?.Invoke();
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(partial);
            throw new MedSegException(
                ErrorKind.WriteFailed,
                "WriteFailed",
                $"{path}: the file could not be written: {e.Message} Check that the folder exists, that you may write there and that the disk is not full.",
                path,
                e);
        }
        catch
        {
            DeleteQuietly(partial);
            throw;
        }
    }

    /// <summary>Deletes what an interrupted process left of files that it was writing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="prefix">What the files' names begin with.</param>
    public static void DeletePartial(string folder, string prefix)
    {
        foreach (string path in Directory.EnumerateFiles(folder, $"{prefix}*{PartialSuffix}"))
        {
            DeleteQuietly(path);
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell; what is left carries the partial suffix.
        }
    }
}
