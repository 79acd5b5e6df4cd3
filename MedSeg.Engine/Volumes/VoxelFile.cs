using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>
/// The voxels of a volume that is larger than the memory that one file may take: they stay in the file, of which one page is in memory. An
/// uncompressed file is opened for each page, so that nothing has to be closed. Not thread-safe.
/// </summary>
/// <param name="path">The absolute path, for messages.</param>
/// <param name="readPart">Reads bytes from a position; returns their number, fewer than asked for at the end of the file.</param>
internal sealed class VoxelFile(string path, Func<long, byte[], int> readPart)
{
    private const int PageLength = 1 << 20;

    // A number may begin at the end of a page.
    private const int Overlap = 8;

    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(PageLength + Overlap);
    private long _start = -1;
    private int _length;

    /// <summary>Initializes a new instance of the <see cref="VoxelFile"/> class.</summary>
    /// <param name="path">The absolute path of an uncompressed file.</param>
    public VoxelFile(string path)
        : this(path, (position, page) => FileContent.ReadPart(path, position, page))
    {
    }

    /// <summary>Returns the same file with a page of its own, for another thread.</summary>
    public VoxelFile Reopen() => new(path, readPart);

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
            _length = readPart(start, _page);
            _start = start;
        }

        int first = (int)(position - start);
        return first + count <= _length ? _page.AsSpan(first, count) : throw FileContent.PartUnreadable(path, "It was shortened while being read.");
    }
}
