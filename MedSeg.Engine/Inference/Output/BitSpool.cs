namespace MedSeg.Inference.Output;

/// <summary>Packs frames of single bits into a stream, the first pixel in the lowest bit (DICOM PS3.5, 8.1.1); frames follow each other without gaps.</summary>
/// <param name="stream">The stream to write to.</param>
internal sealed class BitSpool(Stream stream)
{
    private int _byte;
    private int _bits;

    /// <summary>Gets the number of whole bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a frame.</summary>
    /// <param name="mask">The ROI numbers.</param>
    /// <param name="roi">The ROI whose pixels become 1.</param>
    public void Add(ReadOnlySpan<byte> mask, byte roi)
    {
        foreach (byte value in mask)
        {
            _byte |= value == roi ? 1 << _bits : 0;
            if (++_bits == 8)
            {
                Flush();
            }
        }
    }

    /// <summary>Pads the last byte with zeros, and the number of bytes to an even one.</summary>
    public void Finish()
    {
        if (_bits > 0)
        {
            Flush();
        }

        if ((Length & 1) == 1)
        {
            Flush();
        }
    }

    private void Flush()
    {
        stream.WriteByte((byte)_byte);
        _byte = 0;
        _bits = 0;
        Length++;
    }
}
