using System.Buffers.Binary;
using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Dicom.Parsing;

/// <summary>Reads forward through the bytes of a file; reading past the end is an error with the offset.</summary>
internal ref struct DicomCursor
{
    private readonly DicomSource _source;
    private readonly bool _bigEndian;

    public DicomCursor(DicomSource source, int position, bool bigEndian)
    {
        _source = source;
        _bigEndian = bigEndian;
        Position = position;
    }

    /// <summary>Gets the offset of the next byte.</summary>
    public int Position { get; private set; }

    /// <summary>Gets the offset after the last byte.</summary>
    public readonly int End => _source.Length;

    public readonly int Remaining => End - Position;

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16()
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(ushort));
        return _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint ReadUInt32()
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(uint));
        return _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public DicomTag ReadTag()
    {
        ushort group = ReadUInt16();
        return new DicomTag(group, ReadUInt16());
    }

    /// <summary>Reads the next tag without advancing.</summary>
    public readonly DicomTag PeekTag()
    {
        DicomCursor ahead = this;
        return ahead.ReadTag();
    }

    /// <summary>Takes the value of an element and advances past it.</summary>
    /// <param name="length">The length that the element states, in bytes.</param>
    /// <param name="tag">The element, for the message.</param>
    /// <returns>The value.</returns>
    public ReadOnlyMemory<byte> TakeValue(uint length, DicomTag tag)
    {
        if (length > (uint)Remaining)
        {
            throw _source.Error(
                ErrorIds.DicomTruncated,
                string.Create(CultureInfo.InvariantCulture, $"Element {tag} should have {length} bytes, but only {Remaining} follow: the file is truncated or damaged."),
                DicomAdvice.Damaged,
                Position);
        }

        var value = _source.Bytes.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    /// <summary>Advances to the position of another cursor over the same bytes.</summary>
    public void MoveTo(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, End);
        Position = position;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw _source.Error(
                ErrorIds.DicomTruncated,
                "The file ends in the middle of an element: it is truncated or damaged.",
                DicomAdvice.Damaged,
                Position);
        }

        ReadOnlySpan<byte> bytes = _source.Array.AsSpan(Position, count);
        Position += count;
        return bytes;
    }
}
