using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Volumes;

/// <summary>
/// The voxels of a compressed volume that is larger than the memory that one file may take: decompressed once into the folder for temporary files,
/// and read from there page by page. The file is deleted when nothing reads it any more, at the latest when the process ends.
/// </summary>
internal static class ExpandedVoxels
{
    private const long LeastFree = 1L << 30;
    private const int CopyLength = 1 << 20;

    /// <summary>Decompresses a stream.</summary>
    /// <param name="compressed">A stream that decompresses.</param>
    /// <param name="length">The number of bytes to decompress.</param>
    /// <param name="path">The absolute path of the volume, for messages.</param>
    /// <returns>The voxels, and how many bytes there are: fewer than asked for if there are no more.</returns>
    /// <exception cref="FileFormatException"><c>FileTooLarge</c>: the folder for temporary files has not enough space.</exception>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    public static (VoxelFile Voxels, long Length) Expand(Stream compressed, long length, string path)
    {
        string folder = Path.GetTempPath();
        RequireSpace(folder, length, path);
        string name = Path.Combine(folder, $"medseg-{Guid.NewGuid():N}.voxels");
        FileStream file = Create(name, length, path, folder);
        try
        {
            // On Linux and macOS an open file needs no name, so that none is left if the process is killed.
            if (!OperatingSystem.IsWindows())
            {
                FileChanges.Delete(name);
            }

            long written = Copy(compressed, file, length, path, folder);
            SafeFileHandle handle = file.SafeFileHandle;
            return (new VoxelFile(path, (position, page) => Read(file, handle, position, page, path)), written);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static FileStream Create(string name, long length, string path, string folder)
    {
        try
        {
            return FileChanges.Open(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, CopyLength, FileOptions.DeleteOnClose, userOnly: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoSpace(folder, length, path, e);
        }
    }

    private static long Copy(Stream compressed, FileStream file, long length, string path, string folder)
    {
        byte[] buffer = new byte[CopyLength];
        long written = 0;
        while (written < length && compressed.Read(buffer, 0, (int)Math.Min(buffer.Length, length - written)) is > 0 and int read)
        {
            try
            {
                file.Write(buffer, 0, read);
            }
            catch (IOException e)
            {
                throw NoSpace(folder, length, path, e);
            }

            written += read;
        }

        if (written == length)
        {
            // Reading past the end verifies the checksum at the end of the stream.
            _ = compressed.ReadByte();
        }

        file.Flush();
        return written;
    }

    private static int Read(FileStream file, SafeFileHandle handle, long position, byte[] page, string path)
    {
        try
        {
            int read = FileContent.Fill(handle, page, position);
            GC.KeepAlive(file);
            return read;
        }
        catch (IOException e)
        {
            throw FileContent.PartUnreadable(path, e.Message, e);
        }
    }

    private static void RequireSpace(string folder, long length, string path)
    {
        try
        {
            if (new DriveInfo(folder).AvailableFreeSpace - length < LeastFree)
            {
                throw NoSpace(folder, length, path);
            }
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // The space of a network share, for example, is not known; writing then fails.
        }
    }

    private static FileFormatException NoSpace(string folder, long length, string path, Exception? cause = null) => new(
        ErrorIds.FileTooLarge, path, string.Create(CultureInfo.InvariantCulture, $"The decompressed volume has {length / (double)(1 << 30):0.0} GB, which cannot be written to the folder for temporary files, {folder}: {cause?.Message ?? "it does not have enough free space."}"), null, cause)
    {
        Advice = $"Set the environment variable {(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR")} to a folder with more space, or decompress the file (.nii.gz to .nii, for example), which is then read slice by slice.",
    };
}
