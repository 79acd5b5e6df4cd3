using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>A file that is written bit by bit and gets its name when it is whole; without <see cref="Commit"/> nothing is left of it.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private FileStream? _stream;

    /// <summary>Initializes a new instance of the <see cref="PendingFile"/> class.</summary>
    /// <param name="path">The absolute path that the file gets; its folder is created.</param>
    public PendingFile(string path)
    {
        _path = path;
        _partial = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}{AtomicFile.PartialSuffix}";
        Write(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _stream = new FileStream(_partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        });
    }

    /// <summary>Gets the absolute path that the file gets.</summary>
    public string FinalPath => _path;

    /// <summary>Gets what is written to.</summary>
    public Stream Stream => _stream!;

    /// <summary>Does a piece of writing; what fails says which file.</summary>
    /// <param name="work">The piece.</param>
    /// <exception cref="MedSegException"><c>WriteFailed</c>.</exception>
    public void Write(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, "WriteFailed", $"{_path}: the file could not be written: {e.Message} Check that the folder exists, that you may write there and that the disk is not full.", _path, e);
        }
    }

    /// <summary>Flushes the file to disk and gives it its name.</summary>
    public void Commit() => Write(() =>
    {
        _stream!.Flush(flushToDisk: true);
        _stream.Dispose();
        _stream = null;
        File.Move(_partial, _path, overwrite: true);
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
        try
        {
            File.Delete(_partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left carries the partial suffix.
        }
    }
}
