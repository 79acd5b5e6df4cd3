namespace MedSeg.Files.Protobuf;

/// <summary>Reads the fields of a Protocol Buffers message one by one.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> content)
{
    private readonly ReadOnlySpan<byte> _content = content;
    private int _at;

    /// <summary>Gets the number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Gets the bytes of the current field; empty for a number.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Gets the number in the current field; 0 for bytes and fixed-length values.</summary>
    public ulong Number { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="FormatException">The message is damaged; the text is a phrase without a capital or full stop.</exception>
    public bool Next()
    {
        if (_at == _content.Length)
        {
            return false;
        }

        ulong tag = Variable();
        Field = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw new FormatException($"a field has the invalid number {tag >> 3}");
        Bytes = default;
        Number = 0;
        switch (tag & 7)
        {
            case 0:
                Number = Variable();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes = Take(Variable());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new FormatException($"a field has the unsupported wire type {tag & 7}");
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_content.Length - _at))
        {
            throw new FormatException("a field extends beyond the end of the file");
        }

        ReadOnlySpan<byte> bytes = _content.Slice(_at, (int)length);
        _at += bytes.Length;
        return bytes;
    }

    private ulong Variable()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("a number has more than ten bytes");
    }
}
