using System.Buffers.Binary;

namespace MedSeg.Dicom;

/// <summary>Reads the entropy-coded bits of a JPEG scan and undoes the stuffing of zero bytes (ITU-T T.81, F.2.2.5).</summary>
/// <param name="bytes">The stream.</param>
/// <param name="position">The offset of the scan's first byte.</param>
internal ref struct JpegBitReader(ReadOnlySpan<byte> bytes, int position)
{
    // The longest Huffman code and the bits that belong to it.
    private const int EnoughBits = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = position;
    private ulong _bits;
    private int _count;

    // Zero bits given out in place of data that is not there.
    private int _missing;

    /// <summary>Gets a value indicating whether more bits were taken than the scan holds.</summary>
    public readonly bool IsExhausted => _count < _missing;

    /// <summary>Gets the next 16 bits without taking them; zeros stand for what is missing.</summary>
    public int Peek16()
    {
        if (_count < EnoughBits)
        {
            Fill();
        }

        return (int)(_bits >> (_count - 16)) & 0xFFFF;
    }

    /// <summary>Takes at most 16 bits.</summary>
    public int Take(int count)
    {
        if (_count < count)
        {
            Fill();
        }

        _count -= count;
        return (int)(_bits >> _count) & ((1 << count) - 1);
    }

    /// <summary>Drops the bits up to the next marker and passes over it.</summary>
    /// <returns>Whether it is a restart marker.</returns>
    public bool TryTakeRestartMarker()
    {
        _bits = 0;
        _count = 0;
        _missing = 0;
        if (_position + 1 >= _bytes.Length || _bytes[_position] != 0xFF || _bytes[_position + 1] is < 0xD0 or > 0xD7)
        {
            return false;
        }

        _position += 2;
        return true;
    }

    private void Fill()
    {
        // Four bytes at once where none of them is 0xFF, which would be stuffed or begin a marker.
        if (_position + sizeof(uint) <= _bytes.Length)
        {
            uint next = BinaryPrimitives.ReadUInt32BigEndian(_bytes[_position..]);
            if ((~next - 0x01010101 & next & 0x80808080) == 0)
            {
                _bits = (_bits << 32) | next;
                _count += 32;
                _position += sizeof(uint);
                return;
            }
        }

        while (_count < EnoughBits)
        {
            _bits = (_bits << 8) | NextByte();
            _count += 8;
        }
    }

    private byte NextByte()
    {
        bool isStuffed = _position + 1 < _bytes.Length && _bytes[_position] == 0xFF && _bytes[_position + 1] == 0;
        if (_position >= _bytes.Length || (_bytes[_position] == 0xFF && !isStuffed))
        {
            _missing += 8;
            return 0;
        }

        byte value = _bytes[_position];
        _position += isStuffed ? 2 : 1;
        return value;
    }
}
