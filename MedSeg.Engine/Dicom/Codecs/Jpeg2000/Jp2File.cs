using System.Buffers.Binary;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Finds the codestream in a frame: DICOM demands a bare codestream, but some devices write a whole JP2 file (T.800, annex I).</summary>
internal static class Jp2File
{
    private const int HeaderLength = 8;
    private const uint SignatureType = 0x6A502020;
    private const uint CodestreamType = 0x6A703263;

    /// <summary>Finds the codestream.</summary>
    /// <param name="bytes">The frame.</param>
    /// <returns>The offsets of the first byte of the codestream and after its last.</returns>
    /// <exception cref="CodestreamException">It is a JP2 file without a codestream.</exception>
    public static (int Start, int End) FindCodestream(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || Type(bytes, 0) != SignatureType)
        {
            return (0, bytes.Length);
        }

        int position = 0;
        while (position + HeaderLength <= bytes.Length)
        {
            ulong length = BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);
            int content = position + HeaderLength;
            if (length == 1 && content + 8 <= bytes.Length)
            {
                length = BinaryPrimitives.ReadUInt64BigEndian(bytes[content..]);
                content += 8;
            }

            // Length 0: the box extends to the end of the file.
            ulong available = (ulong)(bytes.Length - position);
            length = length == 0 ? available : length;
            if (length > available || (int)length < content - position)
            {
                throw new CodestreamException("a box of the JP2 file extends beyond the data: the stream is truncated or damaged", position);
            }

            int end = position + (int)length;
            if (Type(bytes, position) == CodestreamType)
            {
                return (content, end);
            }

            position = end;
        }

        throw new CodestreamException("the JP2 file has no codestream box", position);
    }

    private static uint Type(ReadOnlySpan<byte> bytes, int position) => BinaryPrimitives.ReadUInt32BigEndian(bytes[(position + 4)..]);
}
