using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The MQ arithmetic decoder (T.800, annex C), in the form of its software conventions. Hot loops use a copy in a local
/// variable, whose fields the compiler keeps in registers.
/// </summary>
internal unsafe struct MqDecoder : IDecisionSource
{
    private uint _interval;
    private uint _code;
    private int _left;
    private byte* _next;

    /// <summary>Initializes a decoder (C.3.5).</summary>
    /// <param name="data">The codeword segment, followed by FF FF.</param>
    public MqDecoder(byte* data)
    {
        _next = data;
        _code = (uint)*data << 16;
        _interval = 0x8000;
        TakeByte();
        _code <<= 7;
        _left -= 7;
    }

    /// <inheritdoc/>
    public static bool IsRaw => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decide(uint* context)
    {
        uint state = *context;
        uint estimate = state & MqStates.EstimateMask;
        uint decision = state >> MqStates.DecisionShift;
        bool isUnlikely;
        _interval -= estimate;
        if (_code >> 16 < estimate)
        {
            // The lower part belongs to the less probable symbol, unless it is the larger one.
            isUnlikely = _interval >= estimate;
            _interval = estimate;
        }
        else
        {
            _code -= estimate << 16;
            if ((_interval & 0x8000) != 0)
            {
                return decision;
            }

            isUnlikely = _interval < estimate;
        }

        *context = MqStates.Next(state, isUnlikely);
        Renormalize();
        return isUnlikely ? decision ^ 1 : decision;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Renormalize()
    {
        int shift = BitOperations.LeadingZeroCount(_interval) - 16;
        _interval <<= shift;
        while (shift > _left)
        {
            _code <<= _left;
            shift -= _left;
            TakeByte();
        }

        _code <<= shift;
        _left -= shift;
    }

    /// <summary>Reads a byte; after FF it has seven bits, and after a marker only ones follow (C.3.4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeByte()
    {
        if (*_next != 0xFF)
        {
            _next++;
            _code += (uint)*_next << 8;
            _left = 8;
        }
        else if (_next[1] <= 0x8F)
        {
            _next++;
            _code += (uint)*_next << 9;
            _left = 7;
        }
        else
        {
            _code += 0xFF00;
            _left = 8;
        }
    }
}
