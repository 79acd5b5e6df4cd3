namespace MedSeg.Files.Protobuf;

/// <summary>Reads the fields of a message of Protocol Buffers, one after the other.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> content)
{
    private readonly ReadOnlySpan<byte> _content = content;
    private int _at;

    /// <summary>Gets the number of the field that was read.</summary>
    public int Field { get; private set; }

    /// <summary>Gets its bytes; empty for a number.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Gets its number; 0 for bytes.</summary>
    public ulong Number { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="FormatException">The message is damaged.</exception>
    public bool Next()
    {
        if (_at == _content.Length)
        {
            return false;
        }

        ulong tag = Variable();
        Field = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw new FormatException($"a field has the number {tag >> 3}");
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
                throw new FormatException($"a field is of the kind {tag & 7}");
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_content.Length - _at))
        {
            throw new FormatException("a field ends behind the end of the file");
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

        throw new FormatException("a number is too long");
    }
}
