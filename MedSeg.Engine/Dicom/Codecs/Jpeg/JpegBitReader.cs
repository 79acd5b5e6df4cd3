using System.Buffers.Binary;

namespace MedSeg.Dicom.Codecs.Jpeg;

/// <summary>Reads the entropy-coded bits of a JPEG scan and removes stuffed zero bytes (ITU-T T.81, F.2.2.5).</summary>
/// <param name="bytes">The stream.</param>
/// <param name="position">The offset of the scan's first byte.</param>
internal ref struct JpegBitReader(ReadOnlySpan<byte> bytes, int position)
{
    // The longest Huffman code and the bits that follow it.
    private const int EnoughBits = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = position;

    // Zero bits returned in place of missing data.
    private int _missing;

    /// <summary>Ensures that there are at least 32 bits; missing data is replaced by zeros.</summary>
    /// <param name="bits">The bits; the next one is the highest of the lowest <paramref name="count"/>.</param>
    /// <param name="count">The number of bits.</param>
    /// <remarks>The caller keeps both in local variables, so that they stay in registers.</remarks>
    public void Fill(ref ulong bits, ref int count)
    {
        // Four bytes at once if none of them is 0xFF, which is followed by a stuffed byte or starts a marker.
        if (_position + sizeof(uint) <= _bytes.Length)
        {
            uint next = BinaryPrimitives.ReadUInt32BigEndian(_bytes[_position..]);
            if ((~next - 0x01010101 & next & 0x80808080) == 0)
            {
                bits = (bits << 32) | next;
                count += 32;
                _position += sizeof(uint);
                return;
            }
        }

        while (count < EnoughBits)
        {
            bits = (bits << 8) | NextByte();
            count += 8;
        }
    }

    /// <summary>Checks whether more bits were consumed than the scan has.</summary>
    /// <param name="count">The number of bits left.</param>
    public readonly bool IsExhausted(int count) => count < _missing;

    /// <summary>Skips the padding and the next marker.</summary>
    /// <param name="count">The number of bits left; less than a byte of them belongs to the stream.</param>
    /// <returns><see langword="true"/> if it is a restart marker and nothing else precedes it.</returns>
    public bool TryTakeRestartMarker(int count)
    {
        bool isPadding = count - _missing < 8;
        _missing = 0;
        if (!isPadding || _position + 1 >= _bytes.Length || _bytes[_position] != 0xFF || _bytes[_position + 1] is < 0xD0 or > 0xD7)
        {
            return false;
        }

        _position += 2;
        return true;
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
