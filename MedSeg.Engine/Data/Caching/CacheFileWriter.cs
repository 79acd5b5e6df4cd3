using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>
/// Writes a slice file under a name of its own, and puts it in its final place when it is whole: whatever happens before,
/// the file that is there stays as it is. The slices can be read from the beginning.
/// </summary>
internal sealed class CacheFileWriter : IDisposable
{
    // A file that nobody has written to for so long, and nobody holds, is left over from a process that is gone.
    private static readonly TimeSpan s_leftOver = TimeSpan.FromMinutes(10);

    private readonly CacheFileHeader _header;
    private readonly string _path;
    private readonly string _partial;
    private long _end = CacheFileHeader.Length;
    private bool _isDone;

    /// <summary>Initializes a new instance of the <see cref="CacheFileWriter"/> class.</summary>
    /// <param name="path">The absolute path of the final place; its folder is created.</param>
    /// <param name="header">The header.</param>
    /// <exception cref="MedSegException">Nothing can be written there.</exception>
    public CacheFileWriter(string path, CacheFileHeader header)
    {
        (_path, _header) = (path, header);
        _partial = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}{AtomicFile.PartialSuffix}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);

            // It is renamed, and read by others, while it is open here.
            SafeFileHandle handle = System.IO.File.OpenHandle(_partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            File = new CacheFile(path, handle, header.Size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, "CacheNotWritable", $"{Path.GetDirectoryName(path)}: the cache of the data set cannot be written there: {e.Message} Name another folder with -CachePath, or use -Cache Memory.", path, e);
        }

        Started = Earlier(DateTime.UtcNow, System.IO.File.GetLastWriteTimeUtc(_partial));
    }

    /// <summary>Gets the file.</summary>
    public CacheFile File { get; }

    /// <summary>Gets when writing began, by the clock of this machine or of the drive, whichever is behind.</summary>
    public DateTime Started { get; }

    /// <summary>Deletes what processes that are gone left of files that they did not finish.</summary>
    /// <param name="folder">The folder of slice files, which need not be there.</param>
    public static void DeleteLeftOvers(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, $"*{CacheLocation.Ending}.*{AtomicFile.PartialSuffix}"))
            {
                DeleteLeftOver(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who may not look into the folder is told when the cache is written.
        }
    }

    /// <summary>Writes a slice; several threads may do so at once.</summary>
    /// <param name="image">The normalised intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="truth">The ROI numbers at the mask's own size.</param>
    /// <returns>Where it can be read again.</returns>
    /// <exception cref="MedSegException">The disk is full, or the drive is gone.</exception>
    public DiskSlice Append(float[] image, byte[] roi, PackedMask truth)
    {
        int length = File.LengthOf(truth.Bytes.Length);
        var place = new CacheRecordRef(Interlocked.Add(ref _end, length) - length, truth.Bytes.Length);
        Try(() => File.Write(place, image, roi, truth));
        return new DiskSlice(File, place);
    }

    /// <summary>Ends the file and puts it in its place.</summary>
    /// <param name="index">The index.</param>
    /// <returns>Null; or why it could not take its place, and will be gone with the data set.</returns>
    /// <exception cref="MedSegException">The disk is full, or the drive is gone.</exception>
    public string? Complete(CacheIndex index)
    {
        Try(() => File.Close(_header, _end, index));
        _isDone = true;
        try
        {
            System.IO.File.Move(_partial, _path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On Windows, nobody replaces a file that another process has open. An open file can be read when it is deleted.
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

    private static void DeleteLeftOver(string path)
    {
        try
        {
            if (DateTime.UtcNow - System.IO.File.GetLastWriteTimeUtc(path) > s_leftOver)
            {
                // Not possible while somebody else has it open.
                using SafeFileHandle own = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in use, or not ours to delete.
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }

        // An argument out of its range is .NET's word for a file that is too large for its file system, as for FAT.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new MedSegException(ErrorKind.WriteFailed, "CacheWriteFailed", $"{_path}: the cache of the data set could not be written: {e.Message} It needs {5.0 * File.Size * File.Size / 1e6:0.##} MB a slice. Make room, name a folder of another drive with -CachePath, or use -Cache Memory.", _path, e);
        }
    }

    private void DeletePartial()
    {
        try
        {
            System.IO.File.Delete(_partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A later import deletes what is left over.
        }
    }
}
