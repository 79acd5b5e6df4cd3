using MedSeg.Files;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Data.Caching;

/// <summary>The index within a cache file, as a stream that goes forward only: the index of a large set is never in memory as a whole.</summary>
/// <param name="handle">The file, which stays open.</param>
/// <param name="offset">Where the index begins.</param>
/// <param name="length">The bytes of an index that is read; none while it is written.</param>
internal sealed class CacheIndexStream(SafeFileHandle handle, long offset, long length = 0) : Stream
{
    private long _position;

    /// <summary>Gets the CRC-32C of what was read or written so far.</summary>
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
        int count = RandomAccess.Read(handle, buffer[..(int)Math.Min(buffer.Length, length - _position)], offset + _position);
        Advance(buffer[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
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
    }
}
