using System.Buffers.Binary;
using System.Globalization;

namespace MedSeg.Dicom;

/// <summary>Decodes RLE Lossless (DICOM PS3.5, annex G).</summary>
internal static class RleDecoder
{
    private const int HeaderLength = 64;
    private const int MaximumSegments = 15;

    // Two bytes stand for at most 128.
    private const int MaximumRatio = 64;

    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">The frame: a header of 64 bytes, then one segment for each byte of a pixel.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="source">The file, for messages.</param>
    /// <returns>The pixels, little endian.</returns>
    public static byte[] Decode(ReadOnlySpan<byte> frame, PixelDescription pixels, DicomSource source)
    {
        if (frame.Length < HeaderLength)
        {
            throw source.Error(DicomErrorId.Truncated, "the RLE frame is shorter than its header of 64 bytes. The file is damaged; copy or export it again.");
        }

        uint segments = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (segments != pixels.BytesPerPixel || segments > MaximumSegments || pixels.BitsAllocated == 1)
        {
            throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"the RLE frame has {segments} segments where {pixels.BytesPerPixel} were expected, one for each byte of a pixel. The file is damaged; export it again."));
        }

        if (pixels.ByteLength > (long)frame.Length * MaximumRatio)
        {
            throw source.Error(DicomErrorId.Truncated, string.Create(CultureInfo.InvariantCulture, $"the RLE frame has {frame.Length} bytes, too few for {pixels.Rows} rows and {pixels.Columns} columns. The file is damaged; copy or export it again."));
        }

        byte[] decoded = new byte[pixels.ByteLength];
        for (int segment = 0; segment < segments; segment++)
        {
            ReadOnlySpan<byte> bytes = Segment(frame, segment, (int)segments, source);

            // The first segment holds the most significant bytes.
            int first = pixels.BytesPerPixel - 1 - segment;
            if (!DecodeSegment(bytes, decoded, first, pixels.BytesPerPixel))
            {
                throw source.Error(DicomErrorId.Truncated, string.Create(CultureInfo.InvariantCulture, $"segment {segment + 1} of the RLE frame ends before the last pixel. The file is damaged; copy or export it again."));
            }
        }

        return decoded;
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> frame, int segment, int count, DicomSource source)
    {
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(frame[(4 + (4 * segment))..]);
        uint end = segment + 1 < count
            ? BinaryPrimitives.ReadUInt32LittleEndian(frame[(8 + (4 * segment))..])
            : (uint)frame.Length;
        if (start < HeaderLength || start > end || end > frame.Length)
        {
            throw source.Error(DicomErrorId.Invalid, string.Create(CultureInfo.InvariantCulture, $"segment {segment + 1} of the RLE frame lies outside of it. The file is damaged; copy or export it again."));
        }

        return frame[(int)start..(int)end];
    }

    private static bool DecodeSegment(ReadOnlySpan<byte> bytes, Span<byte> target, int first, int step)
    {
        int from = 0;
        int to = first;
        while (to < target.Length)
        {
            if (from >= bytes.Length)
            {
                return false;
            }

            int control = (sbyte)bytes[from++];
            if (control >= 0)
            {
                for (int i = 0; i <= control && to < target.Length; i++, to += step)
                {
                    if (from >= bytes.Length)
                    {
                        return false;
                    }

                    target[to] = bytes[from++];
                }
            }
            else if (control != sbyte.MinValue)
            {
                if (from >= bytes.Length)
                {
                    return false;
                }

                byte value = bytes[from++];
                for (int i = 0; i <= -control && to < target.Length; i++, to += step)
                {
                    target[to] = value;
                }
            }
        }

        return true;
    }
}
