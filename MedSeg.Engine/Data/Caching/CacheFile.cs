using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MedSeg.Files;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>
/// A cache file of decoded slices: a header, a record of equal length for each slice, an index and a footer. Records are read by
/// position, not mapped: when a mapped file is cut short or its drive goes away the process ends, while a read is an error
/// that can be told; and mapped pages count as the process's own memory. The handle is closed when nobody has the file any
/// more.
/// </summary>
internal sealed class CacheFile : IDisposable
{
    private const int ChecksumBytes = sizeof(uint);
    private readonly ConcurrentBag<(float[] Image, byte[] Roi)> _free = [];
    private readonly SafeFileHandle _handle;

    /// <summary>Initializes a new instance of the <see cref="CacheFile"/> class.</summary>
    /// <param name="path">The absolute path, for errors.</param>
    /// <param name="handle">The open file; this object closes it.</param>
    /// <param name="size">The side S of the slices.</param>
    public CacheFile(string path, SafeFileHandle handle, int size)
    {
        Path = path;
        _handle = handle;
        Size = size;
    }

    /// <summary>Gets the absolute path under which the file was opened.</summary>
    public string Path { get; }

    /// <summary>Gets the side S of the slices.</summary>
    public int Size { get; }

    /// <summary>Opens a file and reads its index, or says why it is of no use.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="header">The header that it must have.</param>
    /// <returns>The file and the bytes of its index; or the reason, null where there is no file.</returns>
    public static (CacheFile? File, byte[] Index, string? WhyNot) Open(string path, CacheFileHeader header)
    {
        SafeFileHandle? handle = null;
        try
        {
            // Others may put a newer file in its place meanwhile.
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
            (byte[] index, string? whyNot) = ReadIndex(handle, header);
            if (whyNot is null)
            {
                var file = new CacheFile(path, handle, header.Size);
                handle = null;
                return (file, index, null);
            }

            return (null, [], whyNot);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, [], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, [], $"cannot be read ({e.Message})");
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Reads a slice.</summary>
    /// <param name="record">The number of its record, from 0.</param>
    /// <exception cref="MedSegException">The file cannot be read, is cut short, or the record is damaged.</exception>
    public SliceLease Read(int record)
    {
        (float[] image, byte[] roi) = _free.TryTake(out (float[], byte[]) free) ? free : (new float[Size * Size], new byte[Size * Size]);
        Span<byte> pixels = MemoryMarshal.AsBytes(image.AsSpan());
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        long offset = OffsetOf(record, Size);
        bool isWhole;
        try
        {
            isWhole = ReadAll(_handle, pixels, offset) && ReadAll(_handle, roi, offset + pixels.Length) && ReadAll(_handle, checksum, offset + pixels.Length + roi.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.InvalidData, "CacheUnreadable", $"{Path}: the cache of the data set could not be read: {e.Message} Check that its drive is there, then import the data set again; or use -CachePath with a folder of a local drive.", Path, e);
        }

        return isWhole && BinaryPrimitives.ReadUInt32LittleEndian(checksum) == Crc32C.Compute(roi, Crc32C.Compute(pixels))
            ? new SliceLease(image, roi, GiveBack)
            : throw new MedSegException(ErrorKind.InvalidData, "CacheDamaged", $"{Path}: the cache of the data set is {(isWhole ? "damaged" : "cut short")}: slice {record} is not what was written. Delete the file and import the data set again; where it happens again, test the drive.", Path);
    }

    /// <summary>Writes a slice; several threads may write different records at once.</summary>
    /// <param name="record">The number of its record, from 0.</param>
    /// <param name="image">The normalised intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    public void Write(int record, ReadOnlySpan<float> image, ReadOnlySpan<byte> roi)
    {
        ReadOnlySpan<byte> pixels = MemoryMarshal.AsBytes(image);
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Crc32C.Compute(roi, Crc32C.Compute(pixels)));
        long offset = OffsetOf(record, Size);
        RandomAccess.Write(_handle, pixels, offset);
        RandomAccess.Write(_handle, roi, offset + pixels.Length);
        RandomAccess.Write(_handle, checksum, offset + pixels.Length + roi.Length);
    }

    /// <summary>Writes what stands before and after the records, and brings all to the disk.</summary>
    /// <param name="header">The header.</param>
    /// <param name="records">The number of records.</param>
    /// <param name="index">The index.</param>
    public void Close(CacheFileHeader header, int records, ReadOnlySpan<byte> index)
    {
        long end = OffsetOf(records, Size);
        RandomAccess.Write(_handle, index, end);
        RandomAccess.Write(_handle, new CacheFileFooter(end, index.Length, Crc32C.Compute(index)).ToBytes(), end + index.Length);
        RandomAccess.Write(_handle, header.ToBytes(), 0);
        RandomAccess.FlushToDisk(_handle);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static (byte[] Index, string? WhyNot) ReadIndex(SafeFileHandle handle, CacheFileHeader header)
    {
        long length = RandomAccess.GetLength(handle);
        byte[] first = new byte[Math.Min(length, CacheFileHeader.Length)];
        ReadAll(handle, first, 0);
        if (header.WhyNot(first) is { } whyNot)
        {
            return ([], whyNot);
        }

        byte[] last = new byte[CacheFileFooter.Length];
        if (!ReadAll(handle, last, Math.Max(0, length - last.Length)) || CacheFileFooter.Parse(last, length) is not { } footer)
        {
            return ([], "is cut short");
        }

        byte[] index = new byte[footer.Bytes];
        bool isWhole = ReadAll(handle, index, footer.Index) && Crc32C.Compute(index) == footer.Checksum && (footer.Index - CacheFileHeader.Length) % OffsetOf(1, header.Size, from: 0) == 0;
        return isWhole ? (index, null) : ([], "is damaged");
    }

    private static long OffsetOf(int record, int size, int from = CacheFileHeader.Length) =>
        from + (record * (((sizeof(float) + sizeof(byte)) * (long)size * size) + ChecksumBytes));

    private static bool ReadAll(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(handle, bytes, offset);
            if (read == 0)
            {
                return false;
            }

            bytes = bytes[read..];
            offset += read;
        }

        return true;
    }

    private void GiveBack(float[] image, byte[] roi) => _free.Add((image, roi));
}
