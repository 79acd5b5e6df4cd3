using System.Buffers.Binary;
using System.Globalization;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The preset coding parameters of a codestream (ITU-T T.87, C.2.4.1.1); 0 means the default.</summary>
/// <param name="MaximumValue">MAXVAL, the greatest sample.</param>
/// <param name="Threshold1">T1, the first threshold of gradients.</param>
/// <param name="Threshold2">T2.</param>
/// <param name="Threshold3">T3.</param>
/// <param name="Reset">RESET, the count at which the statistics of a context are halved.</param>
internal readonly record struct JpegLsPreset(int MaximumValue, int Threshold1, int Threshold2, int Threshold3, int Reset)
{
    private const int IdOfParameters = 1;
    private const int Length = 11;

    /// <summary>Reads the segment LSE.</summary>
    /// <param name="segment">The parameters of the marker segment.</param>
    /// <param name="offset">The offset after the segment, for messages.</param>
    public static JpegLsPreset Read(ReadOnlySpan<byte> segment, int offset)
    {
        int id = segment.Length > 0 ? segment[0] : 0;
        if (id != IdOfParameters)
        {
            string problem = id switch
            {
                2 or 3 => "it has a mapping table, which is not supported",
                4 => "it has an extended size for more than 65535 rows or columns, which is not supported",
                _ => string.Create(CultureInfo.InvariantCulture, $"it has preset parameters of the unknown kind {id}"),
            };
            throw new CodestreamException(problem, offset);
        }

        if (segment.Length != Length)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"its preset parameters have {segment.Length} bytes; they must have {Length}"),
                offset);
        }

        return new JpegLsPreset(Value(segment, 1), Value(segment, 3), Value(segment, 5), Value(segment, 7), Value(segment, 9));
    }

    private static int Value(ReadOnlySpan<byte> segment, int start) => BinaryPrimitives.ReadUInt16BigEndian(segment[start..]);
}
