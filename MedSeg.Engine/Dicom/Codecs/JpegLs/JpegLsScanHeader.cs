using System.Globalization;

namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The scan header (ITU-T T.87, C.2.3).</summary>
/// <param name="Components">The indices in the frame of the components in the scan.</param>
/// <param name="Near">The greatest difference from the original: 0 in lossless coding.</param>
/// <param name="Interleave">The interleaving of the components.</param>
internal sealed record JpegLsScanHeader(int[] Components, int Near, JpegLsInterleave Interleave)
{
    private const int MaximumComponents = 4;

    /// <summary>Reads and checks a scan header.</summary>
    /// <param name="segment">The parameters of the marker segment.</param>
    /// <param name="frame">The frame header.</param>
    /// <param name="offset">The offset after the segment, for messages.</param>
    public static JpegLsScanHeader Read(ReadOnlySpan<byte> segment, JpegLsFrameHeader frame, int offset)
    {
        int count = segment.Length > 0 ? segment[0] : 0;
        if (count is < 1 or > MaximumComponents || segment.Length != (2 * count) + 4)
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"a scan states {count} components in a header of {segment.Length} bytes"),
                offset);
        }

        int[] components = ReadComponents(segment.Slice(1, 2 * count), frame, offset);
        ReadOnlySpan<byte> rest = segment[(1 + (2 * count))..];
        var interleave = (JpegLsInterleave)rest[1];
        if (interleave > JpegLsInterleave.Sample || (interleave == JpegLsInterleave.None && count > 1))
        {
            throw new CodestreamException(
                string.Create(CultureInfo.InvariantCulture, $"a scan of {count} components has the interleave mode {rest[1]}"),
                offset);
        }

        if (rest[2] != 0)
        {
            throw new CodestreamException("it uses a point transform, which is not supported", offset);
        }

        return new JpegLsScanHeader(components, rest[0], interleave);
    }

    private static int[] ReadComponents(ReadOnlySpan<byte> list, JpegLsFrameHeader frame, int offset)
    {
        int[] components = new int[list.Length / 2];
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = Array.IndexOf(frame.ComponentIds, list[2 * i]);
            if (components[i] < 0 || components.AsSpan(0, i).Contains(components[i]))
            {
                throw new CodestreamException(
                    string.Create(CultureInfo.InvariantCulture, $"a scan refers to the component {list[2 * i]} twice, or the frame does not have it"),
                    offset);
            }

            if (list[(2 * i) + 1] != 0)
            {
                throw new CodestreamException("its samples are indices into a mapping table, which is not supported", offset);
            }
        }

        return components;
    }
}
