using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>
/// Reads the bits of a scan and removes the zero bit stuffed after each byte of ones (ITU-T T.87, A.1).
/// After the next marker or the end it returns zeros; <see cref="IsExhausted"/> is then set once any is used.
/// </summary>
/// <param name="bytes">The codestream.</param>
/// <param name="position">The offset of the scan's first byte.</param>
internal ref struct JpegLsBitReader(ReadOnlySpan<byte> bytes, int position)
{
    // The bits that a refill guarantees, minus the most that the fast path takes at once.
    private const int ShortCode = 32;
    private const ulong LowBits = 0x0101010101010101;
    private const ulong HighBits = 0x8080808080808080;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = position;

    // The next bits, from the highest down. Below the first _count there are zeros, or bits that the next refill sets again.
    private ulong _bits;
    private int _count;

    // Zero bits added after the end.
    private int _missing;
    private bool _isAfterOnes;

    /// <summary>Gets a value indicating whether more bits were taken than there are.</summary>
    public readonly bool IsExhausted => _count < _missing;

    /// <summary>Gets the offset of the first byte not yet read: that of the marker, once the end is reached.</summary>
    public readonly int Position => _position;

    /// <summary>Reads one bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TakeBit()
    {
        if (_count == 0)
        {
            Refill();
        }

        bool bit = (long)_bits < 0;
        _bits <<= 1;
        _count--;
        return bit;
    }

    /// <summary>Reads at most 31 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        if (_count < ShortCode)
        {
            Refill();
        }

        int value = (int)(_bits >> 1 >> (63 - count));
        _bits <<= count;
        _count -= count;
        return value;
    }

    /// <summary>Reads a limited Golomb code (ITU-T T.87, A.5.3).</summary>
    /// <param name="k">The number of low bits that follow the unary part.</param>
    /// <param name="longest">The number of zeros that precedes a plain value: at most 56.</param>
    /// <param name="plainBits">The number of bits of a plain value, which is coded minus 1.</param>
    /// <returns>The value; -1 if there are more zeros than any code has.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeGolomb(int k, int longest, int plainBits)
    {
        if (_count < ShortCode)
        {
            Refill();
        }

        int zeros = BitOperations.LeadingZeroCount(_bits);
        if (zeros + k >= ShortCode || zeros >= longest)
        {
            return TakeLongGolomb(k, longest, plainBits);
        }

        ulong rest = _bits << zeros << 1;
        _bits = rest << k;
        _count -= zeros + 1 + k;
        return (zeros << k) | (int)(rest >> 1 >> (63 - k));
    }

    /// <summary>Skips the padding of the last byte.</summary>
    /// <returns><see langword="true"/> if only padding was left before the next marker or the end of the codestream.</returns>
    public bool TryEnd()
    {
        // Less than a byte, the stuffed byte after a byte of ones and, without a marker, the byte that makes a length even.
        const int MaximumPadding = 15;
        Refill();
        return _count - _missing <= MaximumPadding;
    }

    /// <summary>Skips a restart marker at the position where <see cref="TryEnd"/> stopped.</summary>
    /// <param name="marker">The second byte of the marker.</param>
    /// <returns><see langword="true"/> if the marker is there.</returns>
    public bool TryTakeMarker(byte marker)
    {
        while (_position + 1 < _bytes.Length && _bytes[_position + 1] == 0xFF)
        {
            _position++;
        }

        if (_position + 1 >= _bytes.Length || _bytes[_position + 1] != marker)
        {
            return false;
        }

        this = new JpegLsBitReader(_bytes, _position + 2);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int TakeLongGolomb(int k, int longest, int plainBits)
    {
        Refill();
        int zeros = BitOperations.LeadingZeroCount(_bits);
        if (zeros > longest)
        {
            // Consume them all the same: that shows whether they were there.
            _count -= longest + 1;
            return -1;
        }

        _bits = _bits << zeros << 1;
        _count -= zeros + 1;
        return zeros < longest ? (zeros << k) | Take(k) : Take(plainBits) + 1;
    }

    /// <summary>Makes at least 57 bits available.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refill()
    {
        if (_count < 57 && !_isAfterOnes && _bytes.Length - _position >= sizeof(ulong))
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_bytes[_position..]);

            // The highest bit of some byte is set here if a byte of ones is among the eight.
            if (((~next - LowBits) & next & HighBits) == 0)
            {
                _bits |= next >> _count;
                int whole = (64 - _count) >> 3;
                _position += whole;
                _count += whole << 3;
                return;
            }
        }

        RefillByByte();
    }

    private void RefillByByte()
    {
        while (_count < 57)
        {
            bool isOnes = _position < _bytes.Length && _bytes[_position] == 0xFF;
            if (_position >= _bytes.Length || (isOnes && (_position + 1 >= _bytes.Length || _bytes[_position + 1] >= 0x80)))
            {
                _missing += 64 - _count;
                _count = 64;
                return;
            }

            int width = _isAfterOnes ? 7 : 8;
            _bits |= (ulong)_bytes[_position++] << (64 - width) >> _count;
            _count += width;
            _isAfterOnes = isOnes;
        }
    }
}
