using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Files;

/// <summary>Writes files that appear under their final name only once they are complete.</summary>
/// <remarks>
/// A file that another program has open, such as a virus scanner or Excel, is tried again for some seconds; a network share that is away, for
/// two minutes, or as long as the environment variable <c>MEDSEG_NETWORK_SECONDS</c> says.
/// </remarks>
public static class AtomicFile
{
    /// <summary>The extension of a file that is being written. A leftover one may be deleted.</summary>
    public const string PartialSuffix = ".partial";

    private static readonly string[] s_tables = [".csv", ".xlsx", ".tsv"];

    /// <summary>Writes a file under a temporary name in the same folder, flushes it to disk and renames it.</summary>
    /// <param name="path">The absolute path. An existing file is replaced; a missing folder is created.</param>
    /// <param name="write">Writes the content; called again where a network share was away meanwhile.</param>
    /// <param name="beforeReplacing">Called when the content is complete on disk, before it is renamed; or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not absolute.</exception>
    /// <exception cref="MedSegException">
    /// <c>FileInUse</c>: another program has the file open; <c>WriteFailed</c>: the file cannot be written. Nothing is left behind.
    /// </exception>
    public static void Write(string path, Action<Stream> write, Action? beforeReplacing = null) =>
        Write(path, write, replace: true, beforeReplacing);

    /// <summary>
    /// Writes a file as <see cref="Write(string, Action{Stream}, Action)"/> does. Where another program has it open, a numbered file is written
    /// next to it, with a warning: what took a night is not lost because a table is open in Excel.
    /// </summary>
    /// <param name="path">The absolute path. An existing file is replaced; a missing folder is created.</param>
    /// <param name="write">Writes the content; called again where a network share was away meanwhile.</param>
    /// <param name="events">Receives the warning; or <see langword="null"/>.</param>
    /// <returns>The absolute path of the file that was written.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not absolute.</exception>
    /// <exception cref="MedSegException"><c>WriteFailed</c>: the file cannot be written; nothing is left behind.</exception>
    public static string WriteOrNumber(string path, Action<Stream> write, EngineEvents? events) =>
        Write(path, write, replace: true, beforeReplacing: null, numbering: new(events, Reuse: false));

    /// <summary>Writes a file as <see cref="Write(string, Action{Stream}, Action)"/> does, and fails if another file with its name has appeared meanwhile.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="beforeReplacing">Called when the content is complete on disk, before it is renamed; or <see langword="null"/>.</param>
    /// <param name="userOnly">Whether only the user may read the file; on Windows, the folder decides.</param>
    /// <param name="numbering">How a numbered file is written where another program has the file open; null to fail.</param>
    /// <returns>The absolute path of the file that was written.</returns>
    /// <exception cref="MedSegException"><c>WriteFailed</c>, or <c>FileExists</c> where an existing file is not to be replaced.</exception>
    internal static string Write(string path, Action<Stream> write, bool replace, Action? beforeReplacing = null, bool userOnly = false, Numbering? numbering = null)
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
            FileChanges.CreateFolder(Path.GetDirectoryName(path)!);
            FileRetry.Current.RunOnNetwork(() =>
            {
                using FileStream stream = FileChanges.OpenOnce(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, userOnly: userOnly);
                write(stream);
                stream.Flush(flushToDisk: true);
            });

            beforeReplacing?.Invoke();
            return Publish(partial, path, replace, numbering);
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

    /// <summary>Gives a complete file its final name, or a numbered one where another program has a file of that name open.</summary>
    /// <param name="partial">The name under which it was written.</param>
    /// <param name="path">The absolute path of the finished file.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="numbering">How a numbered file is written; null to fail.</param>
    /// <returns>The absolute path that the file has.</returns>
    internal static string Publish(string partial, string path, bool replace, Numbering? numbering)
    {
        try
        {
            PartialFile.Publish(partial, path, replace);
            return path;
        }
        catch (Exception e) when (numbering is not null && FileFaults.IsHeld(e, FileChange.Rename))
        {
            string numbered = numbering.Publish(partial, path);
            string name = Path.GetFileName(numbered);
            numbering.Events?.Warning?.Invoke(IsWriteProtected(path)
                ? $"{path}: The file is write-protected, so {name} was written next to it."
                : $"{path}: {Holder(path)} has the file open, so {name} was written next to it. {numbering.Outlook}");
            return numbered;
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
            using (FileChanges.Open(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
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
    internal static MedSegException Failure(string path, Exception cause)
    {
        if (FileFaults.IsHeld(cause, FileChange.Rename) && IsWriteProtected(path))
        {
            return new MedSegException(ErrorKind.WriteFailed, ErrorIds.FileInUse, $"{path}: The file is write-protected (its attribute 'Read-only' is set).", path, cause)
            {
                Advice = "Clear the attribute in the properties of the file and run the command again, or use a new name, which works at once.",
            };
        }

        if (FileFaults.IsHeld(cause, FileChange.Rename))
        {
            return new MedSegException(ErrorKind.WriteFailed, ErrorIds.FileInUse, $"{path}: {Holder(path)} has the file open, or it is write-protected: {cause.Message}", path, cause)
            {
                Advice = "Close the program and run the command again, or use a new name, which works at once.",
            };
        }

        return new MedSegException(ErrorKind.WriteFailed, ErrorIds.WriteFailed, $"{path}: The file could not be written: {cause.Message}", path, cause)
        {
            Advice = FileFaults.IsNetwork(cause)
                ? $"Check the connection to the network share. MedSeg tried for {FileRetry.NetworkTime.TotalSeconds:0} seconds; the environment variable {FileRetry.Variable} sets how long."
                : "Check that you have write access to the folder and that the disk is not full.",
        };
    }

    /// <summary>Makes the error of a file that is there already.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <returns>The error to throw.</returns>
    internal static MedSegException AlreadyExists(string path) => new(ErrorKind.AlreadyExists, ErrorIds.FileExists, $"{path}: The file already exists.", path)
    {
        Advice = "Use -Force to replace it, or another -OutputPath.",
    };

    /// <summary>Deletes a file if possible.</summary>
    /// <param name="path">The absolute path.</param>
    internal static void DeleteQuietly(string path)
    {
        try
        {
            FileChanges.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; the leftover is recognizable by its suffix.
        }
    }

    private static bool IsWriteProtected(string path)
    {
        try
        {
            return File.Exists(path) && (File.GetAttributes(path) & FileAttributes.ReadOnly) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Holder(string path) => s_tables.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
        ? "A program such as Excel"
        : "Another program, such as a virus scanner, a backup or a viewer,";
}
