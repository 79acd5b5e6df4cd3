using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Threading;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>
/// A cache file of decoded slices: a header, a record for each slice, an index and a footer. A record contains the intensities, the
/// ROI numbers, their checksum, the packed mask at its original size, and the checksum of that. Records are read by position and
/// not mapped: if a mapped file is truncated or its drive disconnected, the process crashes, while a failed read is an error that can
/// be reported; and mapped pages count as memory of the process. The handle is closed when the file is no longer referenced.
/// </summary>
internal sealed class CacheFile : IDisposable
{
    private const int ChecksumBytes = sizeof(uint);
    private readonly ConcurrentBag<(float[] Image, byte[] Roi)> _pool = [];
    private readonly SafeFileHandle _handle;

    /// <summary>Initializes a new instance of the <see cref="CacheFile"/> class.</summary>
    /// <param name="path">The absolute path, for errors.</param>
    /// <param name="handle">The handle of the open file, which this object closes.</param>
    /// <param name="shape">The shape of the slices.</param>
    public CacheFile(string path, SafeFileHandle handle, InputShape shape)
    {
        Path = path;
        _handle = handle;
        Shape = shape;
    }

    /// <summary>Gets the absolute path under which the file was opened.</summary>
    public string Path { get; }

    /// <summary>Gets the shape of the slices.</summary>
    public InputShape Shape { get; }

    /// <summary>Gets the bytes of the pixels of a slice.</summary>
    public int PixelBytes => (sizeof(float) * Shape.Length) + (sizeof(byte) * Shape.Plane);

    /// <summary>Opens a file and reads its index, or explains why it cannot be used.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="header">The expected header.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The file and its index; otherwise the reason, which is null if there is no file.</returns>
    public static (CacheFile? File, CacheIndex? Index, string? WhyNot) Open(string path, CacheFileHeader header, EngineEvents? events, CancellationToken cancellationToken)
    {
        SafeFileHandle? handle = null;
        try
        {
            if (EmptyFile.Is(path))
            {
                return (null, null, "is truncated");
            }

            // Other processes may replace the file meanwhile.
            handle = FileContent.OpenHandle(path);
            (CacheIndex? index, string? whyNot) = ReadIndex(handle, header, events, cancellationToken);
            if (index is not null)
            {
                var file = new CacheFile(path, handle, header.Shape);
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

    /// <summary>Returns the length of a record in bytes.</summary>
    /// <param name="truthBytes">The length of its packed mask in bytes.</param>
    public int LengthOf(int truthBytes) => PixelBytes + ChecksumBytes + truthBytes + ChecksumBytes;

    /// <summary>Reads a slice.</summary>
    /// <param name="location">The location of its record.</param>
    /// <exception cref="MedSegException"><c>CacheUnreadable</c> or <c>CacheDamaged</c>.</exception>
    public RentedSlice Read(CacheRecordRef location)
    {
        (float[] image, byte[] roi) = _pool.TryTake(out (float[], byte[]) pooled) ? pooled : (new float[Shape.Length], new byte[Shape.Plane]);
        Span<byte> pixels = MemoryMarshal.AsBytes(image.AsSpan());
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        Read(pixels, location, 0);
        Read(roi, location, pixels.Length);
        Read(checksum, location, PixelBytes);
        Check(checksum, Crc32C.Compute(roi, Crc32C.Compute(pixels)), location);
        return new RentedSlice(image, roi, ReturnToPool);
    }

    /// <summary>Reads the mask of a slice at its original size.</summary>
    /// <param name="location">The location of its record.</param>
    /// <exception cref="MedSegException"><c>CacheUnreadable</c> or <c>CacheDamaged</c>.</exception>
    public PackedMask ReadTruth(CacheRecordRef location)
    {
        byte[] truth = new byte[location.TruthBytes];
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        Read(truth, location, PixelBytes + ChecksumBytes);
        Read(checksum, location, PixelBytes + ChecksumBytes + truth.Length);
        Check(checksum, Crc32C.Compute(truth), location);
        return new PackedMask(truth);
    }

    /// <summary>Writes a slice; several threads may write to different locations at once.</summary>
    /// <param name="location">The location of its record.</param>
    /// <param name="image">The normalised intensities, [C, S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="truth">The ROI numbers at its original size.</param>
    public void Write(CacheRecordRef location, ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, PackedMask truth)
    {
        ReadOnlySpan<byte> pixels = MemoryMarshal.AsBytes(image);
        Span<byte> end = new byte[ChecksumBytes + truth.Bytes.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(end, Crc32C.Compute(roi, Crc32C.Compute(pixels)));
        truth.Bytes.CopyTo(end[ChecksumBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(end[^ChecksumBytes..], Crc32C.Compute(truth.Bytes));
        RandomAccess.Write(_handle, pixels, location.Offset);
        RandomAccess.Write(_handle, roi, location.Offset + pixels.Length);
        RandomAccess.Write(_handle, end, location.Offset + PixelBytes);
    }

    /// <summary>Writes the header, the index and the footer, and flushes the file to disk.</summary>
    /// <param name="header">The header.</param>
    /// <param name="end">The offset at which the records end.</param>
    /// <param name="index">The index.</param>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public void Close(CacheFileHeader header, long end, CacheIndex index, EngineEvents? events, CancellationToken cancellationToken)
    {
        using var stream = new CacheIndexStream(_handle, end, 0, cancellationToken, events);
        index.Write(stream);
        RandomAccess.Write(_handle, new CacheFileFooter(end, stream.Position, stream.Checksum).ToBytes(), end + stream.Position);
        RandomAccess.Write(_handle, header.ToBytes(), 0);
        RandomAccess.FlushToDisk(_handle);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static (CacheIndex? Index, string? WhyNot) ReadIndex(SafeFileHandle handle, CacheFileHeader header, EngineEvents? events, CancellationToken cancellationToken)
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
            return (null, "is truncated");
        }

        using var whole = new CacheIndexStream(handle, footer.Index, footer.Bytes, cancellationToken);
        whole.CopyTo(Stream.Null);
        if (whole.Checksum != footer.Checksum)
        {
            return (null, "is damaged");
        }

        using var stream = new CacheIndexStream(handle, footer.Index, footer.Bytes, cancellationToken, events);
        return CacheIndex.Read(stream) is { } index ? (index, null) : (null, "is damaged");
    }

    private void Read(Span<byte> bytes, CacheRecordRef location, int offset)
    {
        try
        {
            if (!ReadAll(_handle, bytes, location.Offset + offset))
            {
                throw Damaged("truncated", location);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.CacheUnreadable, $"{Path}: The cache of the data set could not be read: {e.Message}", Path, e)
            {
                Advice = "Check that the drive is connected and import the data set again, or use -CachePath with a folder on a local drive.",
            };
        }
    }

    private void Check(ReadOnlySpan<byte> checksum, uint computed, CacheRecordRef location)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(checksum) != computed)
        {
            throw Damaged("damaged", location);
        }
    }

    private MedSegException Damaged(string what, CacheRecordRef location)
    {
        CacheDamage.Note(Path);
        return new MedSegException(ErrorKind.InvalidData, ErrorIds.CacheDamaged, $"{Path}: The cache of the data set is {what}: the slice at byte {location.Offset} differs from what was written.", Path)
        {
            Advice = "Import the data set again: damaged slices are then decoded again. If this happens again, check the drive. Delete the file if it cannot be read at all.",
        };
    }

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

    private void ReturnToPool(float[] image, byte[] roi) => _pool.Add((image, roi));
}
