using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>How a component is transformed and divided into code-blocks (SPcod, SPcoc; T.800, table A.15 and A.20).</summary>
/// <param name="Levels">The number of decomposition levels, 0 to 32.</param>
/// <param name="Log2BlockWidth">The exponent of the width of code-blocks.</param>
/// <param name="Log2BlockHeight">The exponent of the height of code-blocks.</param>
/// <param name="BlockStyle">How code-blocks are coded.</param>
/// <param name="IsReversible">Whether the transform is the 5/3 one, not the 9/7 one.</param>
/// <param name="PrecinctSizes">Of each resolution, the exponents of the precincts' width (low 4 bits) and height; empty for the greatest.</param>
internal sealed record CodingStyle(
    int Levels, int Log2BlockWidth, int Log2BlockHeight, CodeBlockStyle BlockStyle, bool IsReversible, byte[] PrecinctSizes)
{
    private const int GreatestPrecinct = 15;

    /// <summary>Reads the parameters.</summary>
    /// <param name="segment">What is left of the marker segment.</param>
    /// <param name="hasPrecincts">Whether sizes of precincts follow.</param>
    /// <exception cref="CodestreamException">They contradict the standard or are not supported.</exception>
    public static CodingStyle Read(ref SegmentReader segment, bool hasPrecincts)
    {
        int start = segment.Position;
        int levels = segment.Byte();
        int width = (segment.Byte() & 0xF) + 2;
        int height = (segment.Byte() & 0xF) + 2;
        int style = segment.Byte();
        int transform = segment.Byte();
        if (levels > 32 || width > 10 || height > 10 || width + height > 12 || transform > 1)
        {
            throw new CodestreamException(Invariant($"the coding style is not one of part 1: {levels} levels, code-blocks of 2^{width} × 2^{height}, transform {transform}"), start);
        }

        if (style > 63)
        {
            throw new CodestreamException(Invariant($"code-blocks have style {style}, high-throughput or unknown, where 0 to 63 are supported"), start);
        }

        byte[] precincts = hasPrecincts ? new byte[levels + 1] : [];
        for (int r = 0; r < precincts.Length; r++)
        {
            precincts[r] = (byte)segment.Byte();

            // Precincts of 1 × 1 have no room for the halves that the bands of a resolution take.
            if (r > 0 && ((precincts[r] & 0xF) == 0 || precincts[r] >> 4 == 0))
            {
                throw new CodestreamException("precincts are too small to be divided among the subbands", segment.Position);
            }
        }

        return new CodingStyle(levels, width, height, (CodeBlockStyle)style, transform == 1, precincts);
    }

    /// <summary>Gets the exponents of the size of the precincts of a resolution.</summary>
    public (int Width, int Height) Log2Precinct(int resolution) => PrecinctSizes.Length == 0
        ? (GreatestPrecinct, GreatestPrecinct)
        : (PrecinctSizes[resolution] & 0xF, PrecinctSizes[resolution] >> 4);
}
