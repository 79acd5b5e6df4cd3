namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Reads the raw bits of the bypass mode; a byte after FF has only seven (T.800, D.6).</summary>
/// <param name="data">The codeword segment, followed by FF FF.</param>
internal unsafe struct RawBits(byte* data) : IDecisionSource
{
    private byte* _next = data;
    private uint _current;
    private int _left;

    /// <inheritdoc/>
    public static bool IsRaw => true;

    /// <inheritdoc/>
    public uint DecideEvenly(ref ulong context) => Decide(ref context);

    /// <inheritdoc/>
    public uint Decide(ref ulong context)
    {
        if (_left == 0)
        {
            _left = _current == 0xFF ? 7 : 8;

            // After the end there are only ones.
            if (_current == 0xFF && *_next > 0x8F)
            {
                _left = 8;
            }
            else
            {
                _current = *_next++;
            }
        }

        _left--;
        return (_current >> _left) & 1;
    }
}
