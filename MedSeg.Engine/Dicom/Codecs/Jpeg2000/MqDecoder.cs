using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The MQ arithmetic decoder (T.800, annex C). Hot loops use a copy in a local variable, whose fields the compiler keeps in registers.
/// <para>
/// The registers A and C of the standard start at bit 47 of 64 bits, so that up to 40 bits of the segment are in C ahead of
/// their use. A is kept without its constant bit 62: both registers are not negative as long as the more probable symbol
/// follows and needs no renormalization.
/// </para>
/// </summary>
internal unsafe struct MqDecoder : IDecisionSource
{
    /// <summary>The number of bytes that must be readable after a codeword segment; the first two are FF FF.</summary>
    public const int Padding = 8;

    private const int Scale = MqStates.EstimateShift;
    private const long Unit = 0x8000L << Scale;

    // What is read at once where no byte is FF: bytes without stuffed bits.
    private const int BytesAhead = 5;
    private const int BitsAhead = 8 * BytesAhead;

    private long _excess;
    private long _code;
    private int _left;
    private byte* _next;

    /// <summary>Initializes a decoder (C.3.5).</summary>
    /// <param name="data">The codeword segment, followed by <see cref="Padding"/>.</param>
    public MqDecoder(byte* data)
    {
        _next = data;
        _code = (long)*data << Scale;
        Shift(7);
    }

    /// <inheritdoc/>
    public static bool IsRaw => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decide(ref ulong context)
    {
        ulong state = context;
        long estimate = (long)(state >> Scale << Scale);
        long excess = _excess - estimate;
        long code = _code - estimate;
        if ((excess | code) >= 0)
        {
            _excess = excess;
            _code = code;
            return (uint)state & 1;
        }

        return DecideEvenly(ref context);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint DecideEvenly(ref ulong context)
    {
        ulong state = context;
        long estimate = (long)(state >> Scale << Scale);
        ulong* successors = MqStates.Successors(state);
        ulong likely = successors[0];
        ulong unlikely = successors[1];
        long excess = _excess - estimate;
        long code = _code - estimate;
        long isRenormalized = (excess | code) >> 63;
        long upper = excess + Unit;
        long isLower = code >> 63;
        long isUnlikely = (isLower ^ ((upper - estimate) >> 63)) & isRenormalized;
        context = state ^ ((state ^ likely ^ ((likely ^ unlikely) & (ulong)isUnlikely)) & (ulong)isRenormalized);

        _code = code + (estimate & isLower);
        long interval = upper ^ ((upper ^ estimate) & isLower);
        int shift = BitOperations.LeadingZeroCount((ulong)interval) - 1;
        _excess = (interval << shift) - Unit;
        Shift(shift);
        return ((uint)state ^ (uint)isUnlikely) & 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Shift(int shift)
    {
        while (shift > _left)
        {
            _code <<= _left;
            shift -= _left;
            TakeBytes();
        }

        // In a damaged stream, the code can be outside of the interval; the standard's register then loses its upper bits.
        _code = (_code << shift) & long.MaxValue;
        _left -= shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeBytes()
    {
        // The previous byte and those that follow.
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_next, sizeof(ulong)));
        if (!HasMarkedByte(bytes))
        {
            _code += (long)(BinaryPrimitives.ReverseEndianness(bytes) << 8 >> (64 - BitsAhead) << (Scale - BitsAhead));
            _left = BitsAhead;
            _next += BytesAhead;
            return;
        }

        TakeByte();
    }

    /// <summary>Checks whether one of the first six bytes is FF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasMarkedByte(ulong bytes) => ((~bytes - 0x0101_0101_0101) & bytes & 0x8080_8080_8080) != 0;

    /// <summary>Reads a byte; after FF it has seven bits, and after a marker only ones follow (C.3.4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeByte()
    {
        if (*_next != 0xFF)
        {
            _next++;
            _code += (long)*_next << (Scale - 8);
            _left = 8;
        }
        else if (_next[1] <= 0x8F)
        {
            _next++;
            _code += (long)*_next << (Scale - 7);
            _left = 7;
        }
        else
        {
            _code += 0xFFL << (Scale - 8);
            _left = 8;
        }
    }
}
