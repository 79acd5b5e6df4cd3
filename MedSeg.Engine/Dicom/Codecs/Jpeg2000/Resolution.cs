namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A resolution of a tile's component: its additional subbands, and their division into precincts.</summary>
internal sealed class Resolution
{
    private readonly CodingStyle _style;
    private readonly int _number;
    private readonly int _precinctWidth;
    private readonly int _precinctHeight;
    private readonly int _precinctsAcross;
    private readonly int _precinctsDown;

    /// <summary>Initializes a resolution, without its precincts.</summary>
    /// <param name="tile">The area of the tile.</param>
    /// <param name="number">The number of the resolution, 0 for the lowest.</param>
    /// <param name="style">The coding style.</param>
    /// <param name="bands">The subbands.</param>
    public Resolution(Area tile, int number, CodingStyle style, Subband[] bands)
    {
        _style = style;
        _number = number;
        Bands = bands;
        Area = tile.Reduce(style.Levels - number);
        (_precinctWidth, _precinctHeight) = style.Log2Precinct(number);
        _precinctsAcross = Area.IsEmpty ? 0 : Area.CellCount(Area.X0, Area.X1, _precinctWidth);
        _precinctsDown = Area.IsEmpty ? 0 : Area.CellCount(Area.Y0, Area.Y1, _precinctHeight);
    }

    /// <summary>Gets the area in the coordinates of the resolution.</summary>
    public Area Area { get; }

    /// <summary>Gets the subbands: the lowest one, or the three others in the order HL, LH, HH.</summary>
    public Subband[] Bands { get; }

    /// <summary>Gets the number of precincts.</summary>
    public long PrecinctCount => (long)_precinctsAcross * _precinctsDown;

    /// <summary>Creates the precincts, row by row.</summary>
    /// <param name="component">The component.</param>
    /// <param name="tile">The area of the tile.</param>
    /// <param name="precincts">Receives the precincts.</param>
    public void AddPrecincts(int component, Area tile, List<Precinct> precincts)
    {
        int level = _style.Levels - _number;
        for (int j = 0; j < _precinctsDown; j++)
        {
            long row = (Area.Y0 >> _precinctHeight) + (long)j;
            for (int i = 0; i < _precinctsAcross; i++)
            {
                long column = (Area.X0 >> _precinctWidth) + (long)i;
                var bands = new PrecinctBand[Bands.Length];
                for (int band = 0; band < bands.Length; band++)
                {
                    bands[band] = PartOf(Bands[band], column, row);
                }

                // A precinct that starts before the tile is reached at the tile's first column or row (T.800, B.12.1.3).
                long x = Math.Max(tile.X0, column << (_precinctWidth + level));
                long y = Math.Max(tile.Y0, row << (_precinctHeight + level));
                precincts.Add(new Precinct(component, _number, (j * _precinctsAcross) + i, x, y, bands, _style));
            }
        }
    }

    private PrecinctBand PartOf(Subband band, long column, long row)
    {
        // A band has half the samples of its resolution, the lowest one as many.
        int halved = _number > 0 ? 1 : 0;
        Area area = band.Area.Cell(column, row, _precinctWidth - halved, _precinctHeight - halved);

        // Larger code-blocks are clipped to this.
        return new PrecinctBand(band, area, _style.Log2BlockWidth, _style.Log2BlockHeight);
    }
}
