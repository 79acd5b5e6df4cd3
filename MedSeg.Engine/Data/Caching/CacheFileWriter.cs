using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Threading;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>
/// Writes a cache file under a temporary name and moves it to its final path when it is complete, so an existing cache file stays
/// intact until then. Slices can be read as soon as they are written.
/// </summary>
internal sealed class CacheFileWriter : IDisposable
{
    private readonly CacheFileHeader _header;
    private readonly string _path;
    private readonly string _partial;
    private long _end = CacheFileHeader.Length;
    private bool _isDone;

    /// <summary>Initializes a new instance of the <see cref="CacheFileWriter"/> class.</summary>
    /// <param name="path">The absolute final path; its folder is created.</param>
    /// <param name="header">The header.</param>
    /// <exception cref="MedSegException"><c>CacheNotWritable</c>.</exception>
    public CacheFileWriter(string path, CacheFileHeader header)
    {
        (_path, _header) = (path, header);
        _partial = PartialFile.NameFor(path);
        try
        {
            FileChanges.CreateFolder(Path.GetDirectoryName(path)!);

            // The file is renamed, and read by others, while it is open here. Only the user may read it: the pixels are those of patients.
            SafeFileHandle handle = FileChanges.CreateHandle(_partial);
            File = new CacheFile(path, handle, header.Shape);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.CacheNotWritable, $"{Path.GetDirectoryName(path)}: The cache of the data set cannot be written to this folder: {e.Message}", path, e)
            {
                Advice = "Use -CachePath with another folder, or -Cache Memory.",
            };
        }

        Started = Earlier(DateTime.UtcNow, System.IO.File.GetLastWriteTimeUtc(_partial));
    }

    /// <summary>Gets the file.</summary>
    public CacheFile File { get; }

    /// <summary>Gets when writing began, by the clock of this machine or of the drive, whichever is earlier.</summary>
    public DateTime Started { get; }

    /// <summary>Deletes unfinished files of processes that have ended.</summary>
    /// <param name="folder">The folder of cache files, which need not exist.</param>
    public static void DeleteLeftOvers(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, $"*{CacheLocation.Extension}.*{AtomicFile.PartialSuffix}"))
            {
                if (PartialFile.IsOld(path))
                {
                    PartialFile.DeleteUnlessOpen(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // If the folder is not accessible, writing the cache reports it.
        }
    }

    /// <summary>Writes a slice; several threads may do so at once.</summary>
    /// <param name="image">The normalised intensities, [C, S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="truth">The ROI numbers at the mask's original size.</param>
    /// <returns>The slice as stored, from which it can be read.</returns>
    /// <exception cref="MedSegException"><c>CacheWriteFailed</c>: for example the disk is full.</exception>
    public DiskSlice Append(float[] image, byte[] roi, PackedMask truth)
    {
        int length = File.LengthOf(truth.Bytes.Length);
        var location = new CacheRecordRef(Interlocked.Add(ref _end, length) - length, truth.Bytes.Length);
        Try(() => File.Write(location, image, roi, truth));
        return new DiskSlice(File, location);
    }

    /// <summary>Completes the file and moves it to its final path.</summary>
    /// <param name="index">The index.</param>
    /// <param name="old">The file that is replaced, which is closed; null if there is none.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the work: then the existing file stays.</param>
    /// <returns>Null; or why the file could not be moved, so that it is deleted with the data set.</returns>
    /// <exception cref="MedSegException"><c>CacheWriteFailed</c>: for example the disk is full.</exception>
    public string? Complete(CacheIndex index, CacheFile? old, EngineEvents? events, CancellationToken cancellationToken)
    {
        Try(() => File.Close(_header, _end, index, events, cancellationToken));
        _isDone = true;

        // On Windows, an open file cannot be replaced.
        old?.Dispose();
        try
        {
            FileChanges.Rename(_partial, _path, replace: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On Windows, a file that another process has open cannot be replaced. The deleted file can be read as long as it is open.
            DeletePartial();
            return e.Message;
        }
    }

    /// <summary>Deletes the file if it was not completed.</summary>
    public void Dispose()
    {
        if (!_isDone)
        {
            _isDone = true;
            File.Dispose();
            DeletePartial();
        }
    }

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    private void Try(Action write)
    {
        try
        {
            write();
        }

        // .NET throws ArgumentOutOfRangeException if the file becomes too large for its file system, such as FAT.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            string finding = $"{_path}: The cache of the data set could not be written: {e.Message} It requires {File.PixelBytes / 1e6:0.##} MB per slice.";
            throw new MedSegException(ErrorKind.WriteFailed, ErrorIds.CacheWriteFailed, finding, _path, e)
            {
                Advice = "Free disk space, use -CachePath with a folder on another drive, or use -Cache Memory.",
            };
        }
    }

    // Otherwise a later import deletes the file.
    private void DeletePartial() => AtomicFile.DeleteQuietly(_partial);
}
