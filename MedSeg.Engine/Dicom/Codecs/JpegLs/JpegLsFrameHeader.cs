using System.Buffers.Binary;
using System.Globalization;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The frame header (ITU-T T.87, C.2.2).</summary>
/// <param name="Precision">The number of bits per sample: 2 to 16.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="ComponentIds">The identifiers of the components, which scans refer to.</param>
internal sealed record JpegLsFrameHeader(int Precision, int Rows, int Columns, byte[] ComponentIds)
{
    private const int FixedLength = 6;
    private const int ComponentLength = 3;
    private const byte NoSubsampling = 0x11;

    /// <summary>Reads and checks a frame header.</summary>
    /// <param name="segment">The parameters of the marker segment.</param>
    /// <param name="expected">The shape according to the data set.</param>
    /// <param name="offset">The offset after the segment, for messages.</param>
    public static JpegLsFrameHeader Read(ReadOnlySpan<byte> segment, FrameShape expected, int offset)
    {
        if (segment.Length < FixedLength || segment.Length != FixedLength + (ComponentLength * segment[5]))
        {
            throw new CodestreamException("the length of its frame header does not match the number of components", offset);
        }

        int precision = segment[0];
        int rows = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int columns = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        int components = segment[5];
        if (precision is < 2 or > 16)
        {
            throw new CodestreamException(string.Create(CultureInfo.InvariantCulture, $"samples have {precision} bits; 2 to 16 are possible"), offset);
        }

        if (rows != expected.Rows || columns != expected.Columns || components != expected.Components)
        {
            // A height of 0 means that it follows the first scan, or exceeds 16 bits; neither occurs in DICOM.
            throw new CodestreamException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it has {rows} rows, {columns} columns and {components} components, but the data set states {expected.Rows} rows, {expected.Columns} columns and {expected.Components} components"),
                offset);
        }

        return new JpegLsFrameHeader(precision, rows, columns, ReadComponents(segment[FixedLength..], offset));
    }

    private static byte[] ReadComponents(ReadOnlySpan<byte> list, int offset)
    {
        byte[] ids = new byte[list.Length / ComponentLength];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = list[i * ComponentLength];
            if (list[(i * ComponentLength) + 1] != NoSubsampling)
            {
                throw new CodestreamException("its components are subsampled, which is not supported", offset);
            }

            if (ids.AsSpan(0, i).Contains(ids[i]))
            {
                throw new CodestreamException(string.Create(CultureInfo.InvariantCulture, $"two components have the identifier {ids[i]}"), offset);
            }
        }

        return ids;
    }
}
