using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>A file that is written in several steps and renamed to its final name by <see cref="Commit"/>; without it the file is deleted.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly bool _replace;
    private readonly Numbering? _numbering;
    private FileStream? _stream;

    /// <summary>Initializes a new instance of the <see cref="PendingFile"/> class.</summary>
    /// <param name="path">The absolute path of the finished file. A missing folder is created.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="numbering">How a numbered file is written where another program has the file open; null to fail.</param>
    public PendingFile(string path, bool replace = true, Numbering? numbering = null)
    {
        _path = path;
        _replace = replace;
        _numbering = numbering;
        _partial = PartialFile.NameFor(path);
        Write(() =>
        {
            FileChanges.CreateFolder(Path.GetDirectoryName(path)!);
            _stream = FileChanges.Open(_partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        });
    }

    /// <summary>Gets the absolute path of the finished file.</summary>
    public string FinalPath => _path;

    /// <summary>Gets the stream to write to.</summary>
    public Stream Stream => _stream!;

    /// <summary>Runs one step of writing; a failure names the file.</summary>
    /// <param name="work">The step.</param>
    /// <exception cref="MedSegException"><c>WriteFailed</c>: the step failed.</exception>
    public void Write(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failure(_path, e);
        }
    }

    /// <summary>Flushes the file to disk and renames it to its final name.</summary>
    /// <exception cref="MedSegException"><c>WriteFailed</c>, or <c>FileExists</c> where an existing file is not to be replaced.</exception>
    public void Commit() => Write(() =>
    {
        _stream!.Flush(flushToDisk: true);
        _stream.Dispose();
        _stream = null;
        try
        {
            _ = AtomicFile.Publish(_partial, _path, _replace, _numbering);
        }
        catch
        {
            AtomicFile.DeleteQuietly(_partial);
            throw;
        }
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stream is null)
        {
            return;
        }

        _stream.Dispose();
        _stream = null;
        AtomicFile.DeleteQuietly(_partial);
    }
}
