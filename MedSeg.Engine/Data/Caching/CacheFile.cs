using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>
/// A cache file of decoded slices: a header, a record for each slice, an index and a footer. A record has the intensities, the
/// ROI numbers, their checksum, the packed mask at its own size, and the checksum of that. Records are read by position, not
/// mapped: when a mapped file is cut short or its drive goes away the process ends, while a read is an error that can be told;
/// and mapped pages count as the process's own memory. The handle is closed when nobody has the file any more.
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
    /// <returns>The file and its index; or the reason, null where there is no file.</returns>
    public static (CacheFile? File, CacheIndex? Index, string? WhyNot) Open(string path, CacheFileHeader header)
    {
        SafeFileHandle? handle = null;
        try
        {
            // Others may put a newer file in its place meanwhile.
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
            (CacheIndex? index, string? whyNot) = ReadIndex(handle, header);
            if (index is not null)
            {
                var file = new CacheFile(path, handle, header.Size);
                handle = null;
                return (file, index, null);
            }

            return (null, null, whyNot);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, null, $"cannot be read ({e.Message})");
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Gives the length of a record.</summary>
    /// <param name="truthBytes">The bytes of its packed mask.</param>
    public int LengthOf(int truthBytes) => PixelBytes + ChecksumBytes + truthBytes + ChecksumBytes;

    /// <summary>Reads a slice.</summary>
    /// <param name="place">Where it is.</param>
    /// <exception cref="MedSegException">The file cannot be read, is cut short, or the record is damaged.</exception>
    public RentedSlice Read(CacheRecordRef place)
    {
        (float[] image, byte[] roi) = _free.TryTake(out (float[], byte[]) free) ? free : (new float[Size * Size], new byte[Size * Size]);
        Span<byte> pixels = MemoryMarshal.AsBytes(image.AsSpan());
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        Read(pixels, place, 0);
        Read(roi, place, pixels.Length);
        Read(checksum, place, PixelBytes);
        Check(checksum, Crc32C.Compute(roi, Crc32C.Compute(pixels)), place);
        return new RentedSlice(image, roi, GiveBack);
    }

    /// <summary>Reads the mask of a slice at the mask's own size.</summary>
    /// <param name="place">Where the slice is.</param>
    /// <exception cref="MedSegException">The file cannot be read, is cut short, or the record is damaged.</exception>
    public PackedMask ReadTruth(CacheRecordRef place)
    {
        byte[] truth = new byte[place.TruthBytes];
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        Read(truth, place, PixelBytes + ChecksumBytes);
        Read(checksum, place, PixelBytes + ChecksumBytes + truth.Length);
        Check(checksum, Crc32C.Compute(truth), place);
        return new PackedMask(truth);
    }

    /// <summary>Writes a slice; several threads may write to different places at once.</summary>
    /// <param name="place">Where it is to be.</param>
    /// <param name="image">The normalised intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="truth">The ROI numbers at the mask's own size.</param>
    public void Write(CacheRecordRef place, ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, PackedMask truth)
    {
        ReadOnlySpan<byte> pixels = MemoryMarshal.AsBytes(image);
        Span<byte> end = new byte[ChecksumBytes + truth.Bytes.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(end, Crc32C.Compute(roi, Crc32C.Compute(pixels)));
        truth.Bytes.CopyTo(end[ChecksumBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(end[^ChecksumBytes..], Crc32C.Compute(truth.Bytes));
        RandomAccess.Write(_handle, pixels, place.Offset);
        RandomAccess.Write(_handle, roi, place.Offset + pixels.Length);
        RandomAccess.Write(_handle, end, place.Offset + PixelBytes);
    }

    /// <summary>Writes what stands before and after the records, and brings all to the disk.</summary>
    /// <param name="header">The header.</param>
    /// <param name="end">Where the records end.</param>
    /// <param name="index">The index.</param>
    public void Close(CacheFileHeader header, long end, CacheIndex index)
    {
        using var stream = new CacheIndexStream(_handle, end);
        index.Write(stream);
        RandomAccess.Write(_handle, new CacheFileFooter(end, stream.Position, stream.Checksum).ToBytes(), end + stream.Position);
        RandomAccess.Write(_handle, header.ToBytes(), 0);
        RandomAccess.FlushToDisk(_handle);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static (CacheIndex? Index, string? WhyNot) ReadIndex(SafeFileHandle handle, CacheFileHeader header)
    {
        long length = RandomAccess.GetLength(handle);
        byte[] first = new byte[Math.Min(length, CacheFileHeader.Length)];
        ReadAll(handle, first, 0);
        if (header.WhyNot(first) is { } whyNot)
        {
            return (null, whyNot);
        }

        byte[] last = new byte[CacheFileFooter.Length];
        if (!ReadAll(handle, last, Math.Max(0, length - last.Length)) || CacheFileFooter.Parse(last, length) is not { } footer)
        {
            return (null, "is cut short");
        }

        using var whole = new CacheIndexStream(handle, footer.Index, footer.Bytes);
        whole.CopyTo(Stream.Null);
        if (whole.Checksum != footer.Checksum)
        {
            return (null, "is damaged");
        }

        using var stream = new CacheIndexStream(handle, footer.Index, footer.Bytes);
        return CacheIndex.Read(stream) is { } index ? (index, null) : (null, "is damaged");
    }

    // What the pixels of every slice take.
    private int PixelBytes => (sizeof(float) + sizeof(byte)) * Size * Size;

    private void Read(Span<byte> bytes, CacheRecordRef place, int offset)
    {
        try
        {
            if (!ReadAll(_handle, bytes, place.Offset + offset))
            {
                throw Damaged("cut short", place);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.InvalidData, "CacheUnreadable", $"{Path}: the cache of the data set could not be read: {e.Message} Check that its drive is there, then import the data set again; or use -CachePath with a folder of a local drive.", Path, e);
        }
    }

    private void Check(ReadOnlySpan<byte> checksum, uint computed, CacheRecordRef place)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(checksum) != computed)
        {
            throw Damaged("damaged", place);
        }
    }

    private MedSegException Damaged(string what, CacheRecordRef place) => new(ErrorKind.InvalidData, "CacheDamaged", $"{Path}: the cache of the data set is {what}: the slice at byte {place.Offset} is not what was written. Delete the file and import the data set again; where it happens again, test the drive.", Path);

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
