using System.Buffers.Binary;
using System.Globalization;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>Reads markers and their segments (ITU-T T.87, C.1.1).</summary>
/// <param name="bytes">The codestream.</param>
internal ref struct JpegLsSegmentReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Gets or sets the offset of the next byte.</summary>
    public int Position { get; set; }

    /// <summary>Reads the marker that must follow; bytes of ones may precede it.</summary>
    /// <returns>Its second byte.</returns>
    public byte NextMarker()
    {
        if (Position < _bytes.Length && _bytes[Position] != 0xFF)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"the byte {_bytes[Position]:X2} was found instead of a marker"), Position);
        }

        while (Position < _bytes.Length && _bytes[Position] == 0xFF)
        {
            Position++;
        }

        return Position < _bytes.Length ? _bytes[Position++] : throw new CodestreamException("it ends instead of having a marker", Position);
    }

    /// <summary>Reads the segment of the marker that was read last.</summary>
    /// <returns>Its parameters, without the length.</returns>
    public ReadOnlySpan<byte> NextSegment()
    {
        const int LengthSize = 2;
        if (_bytes.Length - Position < LengthSize)
        {
            throw new CodestreamException("it ends within a marker segment", Position);
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[Position..]);
        if (length < LengthSize || length > _bytes.Length - Position)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"a marker segment states {length} bytes; {LengthSize} to {_bytes.Length - Position} are possible"),
                Position);
        }

        ReadOnlySpan<byte> segment = _bytes.Slice(Position + LengthSize, length - LengthSize);
        Position += length;
        return segment;
    }
}
