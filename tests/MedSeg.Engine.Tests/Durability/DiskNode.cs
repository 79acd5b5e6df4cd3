namespace MedSeg.Tests.Durability;

/// <summary>A file or folder of a <see cref="DiskModel"/>.</summary>
/// <param name="isFolder">Whether it is a folder.</param>
internal sealed class DiskNode(bool isFolder)
{
    private byte[] _content = [];
    private byte[] _flushed = [];
    private (long Offset, int Length) _last;

    public bool IsFolder { get; } = isFolder;

    /// <summary>Gets what a program reads.</summary>
    public byte[] Content => _content;

    /// <summary>Gets what was there at the last flush.</summary>
    public byte[] Flushed => _flushed;

    /// <summary>Gets what a file system leaves that writes lengths before data: zeros where data was not flushed.</summary>
    public byte[] WithZeros => [.. _content.Select((value, i) => i < _flushed.Length && _flushed[i] == value ? value : (byte)0)];

    /// <summary>Gets the content without the second half of the last write.</summary>
    public byte[] Torn => _last.Length > 1 && _last.Offset + _last.Length == _content.Length ? _content[..^(_last.Length - (_last.Length / 2))] : _content;

    public void Write(long offset, byte[] data)
    {
        byte[] content = _content;
        Array.Resize(ref content, (int)Math.Max(content.Length, offset + data.Length));
        content = ReferenceEquals(content, _content) ? [.. content] : content;
        data.CopyTo(content, offset);
        (_content, _last) = (content, (offset, data.Length));
    }

    public void Truncate(long length)
    {
        byte[] content = _content;
        Array.Resize(ref content, (int)length);
        _content = content;
    }

    public void Flush() => (_flushed, _last) = (_content, default);
}
