namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Reads the bits of a packet header; a byte after FF has only seven (T.800, B.10.1).</summary>
/// <param name="bytes">The bytes that contain the header.</param>
/// <param name="position">The offset of the header.</param>
/// <param name="end">The offset at which reading must stop.</param>
internal ref struct PacketHeaderBits(ReadOnlySpan<byte> bytes, int position, int end)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes[..end];
    private int _current;
    private int _left;

    /// <summary>Gets the offset of the next byte.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Reads a bit.</summary>
    public int Read()
    {
        if (_left == 0)
        {
            _left = _current == 0xFF ? 7 : 8;
            _current = NextByte();
        }

        _left--;
        return (_current >> _left) & 1;
    }

    /// <summary>Reads a number of at most 31 bits.</summary>
    public int Read(int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++)
        {
            value = (value << 1) | Read();
        }

        return value;
    }

    /// <summary>Reads the number of passes that a packet adds to a code-block (T.800, table B.4).</summary>
    public int ReadPassCount()
    {
        if (Read() == 0)
        {
            return 1;
        }

        if (Read() == 0)
        {
            return 2;
        }

        int value = Read(2);
        if (value < 3)
        {
            return 3 + value;
        }

        value = Read(5);
        return value < 31 ? 6 + value : 37 + Read(7);
    }

    /// <summary>Skips the rest of the header's last byte, and the zero byte that must follow FF.</summary>
    public void Align()
    {
        if (_current == 0xFF)
        {
            NextByte();
        }

        _left = 0;
        _current = 0;
    }

    private int NextByte() => Position < _bytes.Length
        ? _bytes[Position++]
        : throw new CodestreamException("the stream ends within a packet header: it is truncated or damaged", Position);
}
