using System.Buffers.Binary;

namespace MedSeg.Dicom.Codecs.Jpeg;

/// <summary>Checks the Huffman tables of a JPEG stream (ITU-T T.81, B.2.4.2) before JpegLibrary uses them.</summary>
internal static class JpegTables
{
    private const int LengthCount = 16;

    /// <summary>Refuses a table without codes, in which JpegLibrary would search for seconds, even in a small file.</summary>
    /// <param name="stream">The JPEG stream.</param>
    /// <exception cref="InvalidDataException">A table has no codes.</exception>
    public static void Check(ReadOnlySpan<byte> stream)
    {
        // The marker may be anywhere: the library decides where segments start, and within a scan FF is followed by 0.
        for (int at = stream.IndexOf(HuffmanTables); at >= 0;)
        {
            CheckSegment(stream[(at + HuffmanTables.Length)..]);
            int next = stream[(at + HuffmanTables.Length)..].IndexOf(HuffmanTables);
            at = next < 0 ? -1 : at + HuffmanTables.Length + next;
        }
    }

    private static ReadOnlySpan<byte> HuffmanTables => [0xFF, 0xC4];

    private static void CheckSegment(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length >= sizeof(ushort) ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0;
        if (length < sizeof(ushort) || length > bytes.Length)
        {
            return;
        }

        ReadOnlySpan<byte> segment = bytes[sizeof(ushort)..length];
        while (segment.Length > LengthCount)
        {
            int codes = 0;
            foreach (byte count in segment.Slice(1, LengthCount))
            {
                codes += count;
            }

            if (codes == 0)
            {
                throw new InvalidDataException("A Huffman table has no codes.");
            }

            segment = segment[Math.Min(segment.Length, 1 + LengthCount + codes)..];
        }
    }
}
