namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A component of a tile: its resolutions and subbands.</summary>
internal sealed class TileComponent
{
    /// <summary>Initializes a component without its precincts.</summary>
    /// <param name="tile">The area of the tile.</param>
    /// <param name="index">The number of the component.</param>
    /// <param name="parameters">The coding parameters.</param>
    /// <param name="precision">The number of bits per sample.</param>
    /// <param name="offset">The offset of the tile's data, for messages.</param>
    /// <exception cref="CodestreamException">Parameters are missing in the headers, or contradict each other.</exception>
    public TileComponent(Area tile, int index, CodingParameters parameters, int precision, int offset)
    {
        Style = parameters.Style(index, offset);
        RegionShift = parameters.RegionShift(index);
        Quantization quantization = parameters.QuantizationOf(index, offset);
        if (Style.IsReversible && quantization.IsScalar)
        {
            throw new CodestreamException("the reversible transform is combined with quantization, which part 1 does not allow", quantization.Offset);
        }

        Resolutions = new Resolution[Style.Levels + 1];
        for (int r = 0; r < Resolutions.Length; r++)
        {
            int firstBand = r == 0 ? 0 : 1;
            int level = Style.Levels - r + firstBand;
            var bands = new Subband[r == 0 ? 1 : 3];
            for (int i = 0; i < bands.Length; i++)
            {
                int orientation = firstBand + i;
                int number = r == 0 ? 0 : (3 * (r - 1)) + orientation;
                int highX = orientation & 1;
                int highY = orientation >> 1;
                bands[i] = new Subband(
                    tile.Subband(level, highX, highY),
                    (Orientation)orientation,
                    quantization.PlaneCount(r, number) + RegionShift,
                    quantization.StepSize(r, number, precision + highX + highY));
            }

            Resolutions[r] = new Resolution(tile, r, Style, bands);
        }
    }

    /// <summary>Gets the coding style.</summary>
    public CodingStyle Style { get; }

    /// <summary>Gets the number of bits by which the region of interest is shifted.</summary>
    public int RegionShift { get; }

    /// <summary>Gets the resolutions, lowest first.</summary>
    public Resolution[] Resolutions { get; }
}
