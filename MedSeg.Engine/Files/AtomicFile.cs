using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>Writes files that appear under their final name only once they are complete.</summary>
public static class AtomicFile
{
    /// <summary>The extension of a file that is being written. A leftover one may be deleted.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>Writes a file under a temporary name in the same folder, flushes it to disk and renames it.</summary>
    /// <param name="path">The absolute path. An existing file is replaced; a missing folder is created.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="beforeReplacing">Called when the content is complete on disk, before it is renamed; or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not absolute.</exception>
    /// <exception cref="MedSegException"><c>WriteFailed</c>: the file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, Action<Stream> write, Action? beforeReplacing = null) =>
        Write(path, write, replace: true, beforeReplacing);

    /// <summary>Writes a file as <see cref="Write(string, Action{Stream}, Action)"/> does, and fails if another file with its name has appeared meanwhile.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="beforeReplacing">Called when the content is complete on disk, before it is renamed; or <see langword="null"/>.</param>
    /// <exception cref="MedSegException"><c>WriteFailed</c>, or <c>FileExists</c> where an existing file is not to be replaced.</exception>
    internal static void Write(string path, Action<Stream> write, bool replace, Action? beforeReplacing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        if (!Path.IsPathFullyQualified(path))
        {
            throw new ArgumentException($"The path must be absolute, but is '{path}'.", nameof(path));
        }

        string partial = PartialFile.NameFor(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            beforeReplacing?.Invoke();
            PartialFile.Publish(partial, path, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(partial);
            throw Failure(path, e);
        }
        catch
        {
            DeleteQuietly(partial);
            throw;
        }
    }

    /// <summary>Checks that a file can be written later: its folder, or the nearest one that exists, accepts new files.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <exception cref="MedSegException"><c>WriteFailed</c>: it could not be written.</exception>
    public static void RequireWritable(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        while (folder is not null && !Directory.Exists(folder) && !File.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        try
        {
            string probe = PartialFile.NameFor(Path.Combine(folder ?? string.Empty, Path.GetFileName(path)));
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.WriteFailed, $"{path}: The file could not be written, since {folder ?? "its drive"} {(File.Exists(folder) ? "is a file, not a folder" : "does not accept new files")}.", path, e)
            {
                Advice = "Check that you have write access to the folder and that the disk is not full.",
            };
        }
    }

    /// <summary>Describes a failed write.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="cause">The error of the operating system.</param>
    /// <returns>The error to throw.</returns>
    internal static MedSegException Failure(string path, Exception cause) =>
        new(ErrorKind.WriteFailed, ErrorIds.WriteFailed, $"{path}: The file could not be written: {cause.Message}", path, cause)
        {
            Advice = "Check that you have write access to the folder and that the disk is not full.",
        };

    /// <summary>Deletes a file if possible.</summary>
    /// <param name="path">The absolute path.</param>
    internal static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; the leftover is recognizable by its suffix.
        }
    }
}
