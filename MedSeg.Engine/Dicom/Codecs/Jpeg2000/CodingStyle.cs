using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The transform of a component and its division into code-blocks (SPcod, SPcoc; T.800, table A.15 and A.20).</summary>
/// <param name="Levels">The number of decomposition levels, 0 to 32.</param>
/// <param name="Log2BlockWidth">The exponent of the width of code-blocks.</param>
/// <param name="Log2BlockHeight">The exponent of the height of code-blocks.</param>
/// <param name="BlockStyle">The coding style of code-blocks.</param>
/// <param name="IsReversible">Whether the transform is 5/3 rather than 9/7.</param>
/// <param name="PrecinctSizes">For each resolution, the exponents of the width (low 4 bits) and height of precincts; empty for the maximum size.</param>
internal sealed record CodingStyle(
    int Levels, int Log2BlockWidth, int Log2BlockHeight, CodeBlockStyle BlockStyle, bool IsReversible, byte[] PrecinctSizes)
{
    private const int GreatestPrecinct = 15;

    /// <summary>Reads the parameters.</summary>
    /// <param name="segment">The rest of the marker segment.</param>
    /// <param name="hasPrecincts">Whether precinct sizes follow.</param>
    /// <exception cref="CodestreamException">They violate the standard or are not supported.</exception>
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
            throw new CodestreamException(
                Invariant($"the coding style is not defined in part 1: {levels} levels, code-blocks of 2^{width} × 2^{height}, transform {transform}"),
                start);
        }

        if (style > 63)
        {
            throw new CodestreamException(Invariant($"code-blocks have the style {style}, high-throughput or unknown; 0 to 63 are supported"), start);
        }

        byte[] precincts = hasPrecincts ? new byte[levels + 1] : [];
        for (int r = 0; r < precincts.Length; r++)
        {
            precincts[r] = (byte)segment.Byte();

            // Precincts of 1 × 1 cannot be halved for the bands of a resolution.
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
