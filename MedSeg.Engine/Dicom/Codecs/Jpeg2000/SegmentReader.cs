using System.Buffers.Binary;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Reads big-endian numbers from a part of the frame, never beyond it.</summary>
/// <param name="bytes">The frame.</param>
/// <param name="position">The offset of the first byte to read.</param>
/// <param name="end">The offset after the last byte.</param>
internal struct SegmentReader(byte[] bytes, int position, int end)
{
    /// <summary>Gets the offset of the next byte.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Gets the number of bytes left.</summary>
    public readonly int Remaining => end - Position;

    /// <summary>Reads 1 byte.</summary>
    public int Byte() => bytes[Advance(1)];

    /// <summary>Reads 2 bytes.</summary>
    public int UInt16() => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(Advance(2)));

    /// <summary>Reads 4 bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(Advance(4)));

    /// <summary>Reads the number of a component: 1 byte, or 2 if there are more than 256 components.</summary>
    public int ComponentIndex(int componentCount) => componentCount < 257 ? Byte() : UInt16();

    /// <summary>Reads the length of a marker segment and skips the segment.</summary>
    /// <returns>A reader of the segment's content.</returns>
    public SegmentReader Segment()
    {
        int start = Position;
        int length = UInt16();
        if (length < 2)
        {
            throw new CodestreamException("a marker segment states a length below 2", start);
        }

        int content = Advance(length - 2);
        return new SegmentReader(bytes, content, content + length - 2);
    }

    /// <summary>Skips bytes.</summary>
    /// <returns>The offset of the first of them.</returns>
    public int Advance(int count)
    {
        if (count > Remaining)
        {
            throw new CodestreamException("the headers end early: the stream is truncated or damaged", Position);
        }

        int start = Position;
        Position += count;
        return start;
    }
}
