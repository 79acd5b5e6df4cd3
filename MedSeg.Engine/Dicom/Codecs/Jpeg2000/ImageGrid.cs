using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The image on the reference grid and its division into tiles (SIZ; T.800, A.5.1 and B.2, B.3).</summary>
/// <param name="Image">The image.</param>
/// <param name="Tile">The first tile, before it is clipped to the image.</param>
/// <param name="Components">The number of components.</param>
/// <param name="Precision">The number of bits per sample.</param>
/// <param name="IsSigned">Whether samples are signed.</param>
internal sealed record ImageGrid(Area Image, Area Tile, int Components, int Precision, bool IsSigned)
{
    // Beyond this, the bit-planes of a coefficient would not fit in 32 bits.
    private const int MaximumPrecision = 24;
    private const int MaximumTiles = 65535;
    private const int MaximumComponents = 4;

    /// <summary>Gets the number of tiles in a row.</summary>
    public int TilesAcross => Count(Image.X1, Tile.X0, Tile.Width);

    /// <summary>Gets the number of tiles.</summary>
    public long TileCount => (long)TilesAcross * Count(Image.Y1, Tile.Y0, Tile.Height);

    /// <summary>Reads the marker segment.</summary>
    /// <param name="segment">Its content.</param>
    /// <param name="expected">The shape according to the data set.</param>
    /// <exception cref="CodestreamException">It violates the standard, does not match the data set, or is not supported.</exception>
    public static ImageGrid Read(SegmentReader segment, FrameShape expected)
    {
        int start = segment.Position;
        const int HighThroughput = 0x4000;
        if ((segment.UInt16() & HighThroughput) != 0)
        {
            throw new CodestreamException("the codestream is high-throughput JPEG 2000 (part 15), which is not supported", start);
        }

        (int x1, int y1) = (Coordinate(ref segment), Coordinate(ref segment));
        (int x0, int y0) = (Coordinate(ref segment), Coordinate(ref segment));
        (uint tileWidth, uint tileHeight) = (segment.UInt32(), segment.UInt32());
        (int tileX0, int tileY0) = (Coordinate(ref segment), Coordinate(ref segment));
        int components = segment.UInt16();
        if (y1 - y0 != expected.Rows || x1 - x0 != expected.Columns || components != expected.Components)
        {
            throw new CodestreamException(
                Invariant($"the codestream has {(long)y1 - y0} rows, {(long)x1 - x0} columns and {components} components, but the file states {expected.Rows} rows, {expected.Columns} columns and {expected.Components} components"),
                start);
        }

        if (components is < 1 or > MaximumComponents)
        {
            throw new CodestreamException(Invariant($"there are {components} components; 1 to {MaximumComponents} are supported"), start);
        }

        // A tile may extend far beyond the image.
        var image = new Area(x0, y0, x1, y1);
        var tile = new Area(tileX0, tileY0, (int)Math.Min(tileX0 + (long)tileWidth, int.MaxValue), (int)Math.Min(tileY0 + (long)tileHeight, int.MaxValue));
        if (image.IsEmpty || tile.IsEmpty || tileX0 > x0 || tileY0 > y0 || tile.X1 <= x0 || tile.Y1 <= y0)
        {
            throw new CodestreamException("the sizes of image and tiles contradict each other", start);
        }

        (int precision, bool isSigned) = ReadComponents(ref segment, components);
        var grid = new ImageGrid(image, tile, components, precision, isSigned);
        return grid.TileCount <= MaximumTiles
            ? grid
            : throw new CodestreamException(Invariant($"the image is divided into {grid.TileCount} tiles; at most {MaximumTiles} are allowed"), start);
    }

    /// <summary>Gets the area of a tile (T.800, B-7 to B-10).</summary>
    public Area TileArea(int index)
    {
        long x = Tile.X0 + ((long)(index % TilesAcross) * Tile.Width);
        long y = Tile.Y0 + ((long)(index / TilesAcross) * Tile.Height);
        return new Area(
            (int)Math.Max(x, Image.X0), (int)Math.Max(y, Image.Y0), (int)Math.Min(x + Tile.Width, Image.X1), (int)Math.Min(y + Tile.Height, Image.Y1));
    }

    private static int Count(int end, int start, int size) => (int)(((long)end - start + size - 1) / size);

    private static int Coordinate(ref SegmentReader segment)
    {
        int position = segment.Position;
        uint value = segment.UInt32();
        return value <= int.MaxValue
            ? (int)value
            : throw new CodestreamException(Invariant($"the image extends to {value}; at most {int.MaxValue} is supported"), position);
    }

    private static (int Precision, bool IsSigned) ReadComponents(ref SegmentReader segment, int components)
    {
        int first = 0;
        for (int i = 0; i < components; i++)
        {
            int position = segment.Position;
            int depth = segment.Byte();
            first = i == 0 ? depth : first;
            if (depth != first)
            {
                throw new CodestreamException("the components differ in bits or sign, which is not supported", position);
            }

            if (segment.Byte() != 1 || segment.Byte() != 1)
            {
                throw new CodestreamException("the components are subsampled, which is not supported", position);
            }
        }

        int precision = (first & 0x7F) + 1;
        return precision <= MaximumPrecision
            ? (precision, first >= 0x80)
            : throw new CodestreamException(Invariant($"samples have {precision} bits; at most {MaximumPrecision} are supported"), segment.Position);
    }
}
