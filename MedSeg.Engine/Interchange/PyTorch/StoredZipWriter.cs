using System.Text;
using MedSeg.Files;

namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// Writes a zip archive without compression (PKWARE APPNOTE.TXT 6.3). Each entry's content is aligned to 64 bytes, as in
/// PyTorch's files, so that it can be memory-mapped. The same content gives the same bytes.
/// </summary>
internal sealed class StoredZipWriter(Stream stream) : IDisposable
{
    private const int Alignment = 64;
    private const int LocalHeaderLength = 30;
    private const int ExtraHeaderLength = 4;
    private const ushort Version = 20;
    private const ushort NamesAreUtf8 = 0x0800;

    // 1 January 1980, the earliest date in the format.
    private const uint Date = 0x0021_0000;

    // The id that PyTorch uses for its padding.
    private const ushort PaddingId = 0x4246;

    private readonly BinaryWriter _writer = new(stream, Encoding.UTF8, leaveOpen: true);
    private readonly List<(byte[] Name, uint Check, int Length, long Offset)> _entries = [];
    private long _at;

    /// <summary>Adds an entry.</summary>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        uint check = Crc32.Compute(content);
        long start = _at + LocalHeaderLength + nameBytes.Length + ExtraHeaderLength;
        int padding = (int)((Alignment - (start % Alignment)) % Alignment);
        _entries.Add((nameBytes, check, content.Length, _at));
        _writer.Write(0x04034B50u);
        WriteCommon(nameBytes, check, content.Length, ExtraHeaderLength + padding);
        _writer.Write(nameBytes);
        _writer.Write(PaddingId);
        _writer.Write((ushort)padding);
        _writer.Write(new byte[padding]);
        _writer.Write(content);
        _at = start + padding + content.Length;
    }

    /// <summary>Writes the central directory, which ends the archive.</summary>
    public void End()
    {
        long start = _at;
        foreach ((byte[] name, uint check, int length, long offset) in _entries)
        {
            _writer.Write(0x02014B50u);
            _writer.Write(Version);
            WriteCommon(name, check, length, extraLength: 0);

            // Comment length, disk number, internal and external attributes.
            _writer.Write((ushort)0);
            _writer.Write(0u);
            _writer.Write(0u);
            _writer.Write(checked((uint)offset));
            _writer.Write(name);
            _at += 46 + name.Length;
        }

        _writer.Write(0x06054B50u);
        _writer.Write(0u);
        _writer.Write(checked((ushort)_entries.Count));
        _writer.Write(checked((ushort)_entries.Count));
        _writer.Write(checked((uint)(_at - start)));
        _writer.Write(checked((uint)start));
        _writer.Write((ushort)0);
    }

    /// <summary>Leaves the stream open.</summary>
    public void Dispose() => _writer.Dispose();

    private void WriteCommon(byte[] name, uint check, int length, int extraLength)
    {
        _writer.Write(Version);
        _writer.Write(NamesAreUtf8);
        _writer.Write((ushort)0);
        _writer.Write(Date);
        _writer.Write(check);
        _writer.Write(length);
        _writer.Write(length);
        _writer.Write((ushort)name.Length);
        _writer.Write((ushort)extraLength);
    }
}
