using MedSeg.Errors;
using MedSeg.Files;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Volumes;

/// <summary>
/// The voxels of a volume that is larger than the memory that one file may take: they stay in the file, of which one page is in memory. The
/// file is opened for each page, so that nothing has to be closed. Not thread-safe.
/// </summary>
/// <param name="path">The absolute path of an uncompressed file.</param>
internal sealed class VoxelFile(string path)
{
    private const int PageLength = 1 << 20;

    // A number may begin at the end of a page.
    private const int Overlap = 8;

    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(PageLength + Overlap);
    private long _start = -1;
    private int _length;

    /// <summary>Returns the same file with a page of its own, for another thread.</summary>
    public VoxelFile Reopen() => new(path);

    /// <summary>Returns bytes of the file, until the next call.</summary>
    /// <param name="position">The offset of the first byte.</param>
    /// <param name="count">The number of bytes, at most 8.</param>
    /// <exception cref="MedSegException"><c>FileUnreadable</c>: the file cannot be read, or has become shorter.</exception>
    public ReadOnlySpan<byte> At(long position, int count)
    {
        long start = position / PageLength * PageLength;
        if (_start != start)
        {
            _start = -1;
            _length = Load(start, _page);
            _start = start;
        }

        int first = (int)(position - start);
        return first + count <= _length ? _page.AsSpan(first, count) : throw Unreadable("It was shortened while being read.", null);
    }

    private int Load(long start, byte[] bytes)
    {
        try
        {
            using SafeFileHandle handle = FileContent.OpenHandle(path);
            int done = 0;
            while (done < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(done), start + done) is > 0 and int read)
            {
                done += read;
            }

            return done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e.Message, e);
        }
    }

    private MedSegException Unreadable(string reason, Exception? cause) => new(ErrorKind.InvalidData, ErrorIds.FileUnreadable, $"{path}: The file could not be read: {reason}", path, cause)
    {
        Advice = "Check that the drive is connected and that no other program writes the file.",
    };
}
