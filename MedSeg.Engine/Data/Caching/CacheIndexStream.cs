using MedSeg.Files;
using MedSeg.Threading;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>The index in a cache file as a forward-only stream, so that the index of a large data set is never completely in memory.</summary>
/// <param name="handle">The handle of the file, which stays open.</param>
/// <param name="offset">The offset at which the index begins.</param>
/// <param name="length">The length of the index in bytes when reading; 0 when writing.</param>
/// <param name="stop">Stops reading and writing.</param>
/// <param name="events">Receives progress; may be null.</param>
internal sealed class CacheIndexStream(SafeFileHandle handle, long offset, long length, CancellationToken stop, EngineEvents? events = null) : Stream
{
    private const double Megabyte = 1e6;

    private long _position;

    /// <summary>Gets the CRC-32C of the bytes read or written so far.</summary>
    public uint Checksum { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => length > 0;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => length == 0;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        stop.ThrowIfCancellationRequested();
        int count = RandomAccess.Read(handle, buffer[..(int)Math.Min(buffer.Length, length - _position)], offset + _position);
        Advance(buffer[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        stop.ThrowIfCancellationRequested();
        RandomAccess.Write(handle, buffer, offset + _position);
        Advance(buffer);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Advance(ReadOnlySpan<byte> bytes)
    {
        Checksum = Crc32C.Compute(bytes, Checksum);
        _position += bytes.Length;
        events?.Progress?.Invoke(new WorkProgress((long)Math.Ceiling(_position / Megabyte), (long)Math.Ceiling(length / Megabyte)) { Stage = $"{(length > 0 ? "Reading" : "Writing")} the index of the cache, in MB" });
    }
}
