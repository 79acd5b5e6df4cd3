using BitMiracle.LibTiff.Classic;

namespace MedSeg.Formats.Tiff;

/// <summary>A file in memory, as LibTiff.NET reads it.</summary>
/// <param name="content">The file.</param>
internal sealed class TiffMemory(byte[] content) : TiffStream
{
    private long _position;

    /// <inheritdoc/>
    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        int length = (int)Math.Clamp(content.Length - _position, 0, count);
        content.AsSpan((int)Math.Min(_position, content.Length), length).CopyTo(buffer.AsSpan(offset));
        _position += length;
        return length;
    }

    /// <inheritdoc/>
    public override long Seek(object clientData, long offset, SeekOrigin origin)
    {
        long start = origin switch { SeekOrigin.Current => _position, SeekOrigin.End => content.Length, _ => 0 };
        return _position = Math.Max(0, start + offset);
    }

    /// <inheritdoc/>
    public override long Size(object clientData) => content.Length;

    /// <inheritdoc/>
    public override void Write(object clientData, byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Close(object clientData)
    {
    }
}
