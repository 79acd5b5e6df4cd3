using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The headers of a codestream and the positions of the packets of its tiles (T.800, annex A).</summary>
internal sealed class Codestream
{
    // The number of samples that any codestream may describe, and the number that each of its bytes adds.
    private const int FreeSamples = 1 << 24;
    private const int SamplesPerByte = 1024;
    private const int MinimumTilePart = 14;

    private readonly byte[] _bytes;
    private readonly int _end;
    private readonly CodingParameters _parameters;
    private readonly Dictionary<int, TileStream> _tiles = [];
    private SegmentReader _packedHeaders;
    private bool _hasPackedHeaders;

    private Codestream(byte[] bytes, int start, int end, FrameShape expected)
    {
        _bytes = bytes;
        _end = end;
        var reader = new SegmentReader(bytes, start, end);
        if (reader.Remaining < 4 || reader.UInt16() != Marker.StartOfCodestream || reader.UInt16() != Marker.ImageAndTileSize)
        {
            throw new CodestreamException("the frame is not a JPEG 2000 codestream, which starts with FF4F FF51", start);
        }

        Grid = ImageGrid.Read(reader.Segment(), expected);
        CheckSize(expected, end - start);
        _parameters = new CodingParameters(Grid.Components);
        ReadTileParts(ReadMainHeader(ref reader));
        for (int tile = 0; tile < Grid.TileCount; tile++)
        {
            if (!_tiles.ContainsKey(tile))
            {
                throw new CodestreamException(Invariant($"tile {tile} of {Grid.TileCount} is missing: the stream is truncated or damaged"), end);
            }
        }
    }

    /// <summary>Gets the image and its division into tiles.</summary>
    public ImageGrid Grid { get; }

    /// <summary>Gets the tiles; none is missing.</summary>
    public IReadOnlyCollection<TileStream> Tiles => _tiles.Values;

    /// <summary>Reads the headers.</summary>
    /// <param name="bytes">The frame.</param>
    /// <param name="start">The offset of the codestream.</param>
    /// <param name="end">The offset after it.</param>
    /// <param name="expected">The shape according to the data set.</param>
    /// <exception cref="CodestreamException">They are damaged, not supported or do not match the data set.</exception>
    public static Codestream Parse(byte[] bytes, int start, int end, FrameShape expected) => new(bytes, start, end, expected);

    private static void CheckSize(FrameShape shape, int length)
    {
        Int128 samples = (Int128)shape.Rows * shape.Columns * shape.Components;
        if (samples > Math.Max(FreeSamples, (long)SamplesPerByte * length) || samples > Array.MaxLength)
        {
            throw new CodestreamException(
                Invariant($"the codestream has {length} bytes, too few for {shape.Rows} rows, {shape.Columns} columns and {shape.Components} components"),
                0);
        }
    }

    /// <summary>Reads the main header.</summary>
    /// <returns>The reader after the first SOT marker.</returns>
    private SegmentReader ReadMainHeader(ref SegmentReader reader)
    {
        var packed = new PackedHeaders(_bytes);
        while (true)
        {
            int marker = ReadMarker(ref reader);
            if (marker == Marker.StartOfTilePart)
            {
                _hasPackedHeaders = !packed.IsEmpty;
                byte[] headers = packed.Join();
                _packedHeaders = new SegmentReader(headers, 0, headers.Length);
                return reader;
            }

            if (Marker.StandsAlone(marker))
            {
                continue;
            }

            SegmentReader segment = reader.Segment();
            if (marker == Marker.PackedHeadersMain)
            {
                packed.Add(segment);
            }
            else
            {
                _parameters.Read(marker, segment);
            }
        }
    }

    /// <summary>Reads tile-parts until something else comes: the end, or padding.</summary>
    /// <param name="reader">The reader after the first SOT marker.</param>
    private void ReadTileParts(SegmentReader reader)
    {
        do
        {
            int start = reader.Position - 2;
            SegmentReader segment = reader.Segment();
            int index = segment.UInt16();
            uint length = segment.UInt32();
            int part = segment.Byte();
            if (index >= Grid.TileCount)
            {
                throw new CodestreamException(Invariant($"there is a tile {index}, but the image has only {Grid.TileCount} tiles"), start);
            }

            // Length 0: the last tile-part, which extends to the end of the codestream.
            int end = length == 0 ? _end : (int)Math.Min(start + (long)length, int.MaxValue);
            if (end > _end || end < start + MinimumTilePart)
            {
                throw new CodestreamException(
                    Invariant($"a part of tile {index} states {length} bytes, but only {_end - start} are left: the stream is truncated or damaged"),
                    start);
            }

            ReadTilePart(new SegmentReader(_bytes, reader.Position, end), index, part, end);
            reader = new SegmentReader(_bytes, end, _end);
        }
        while (reader.Remaining >= 2 && reader.UInt16() == Marker.StartOfTilePart);
    }

    private void ReadTilePart(SegmentReader reader, int index, int part, int end)
    {
        if (!_tiles.TryGetValue(index, out TileStream? tile))
        {
            tile = new TileStream(index, _parameters.ForTile()) { HasPackedHeaders = _hasPackedHeaders };
            _tiles.Add(index, tile);
        }

        if (part != (tile.Parts.Count & 0xFF))
        {
            throw new CodestreamException(Invariant($"part {part} of tile {index} was found instead of part {tile.Parts.Count}"), reader.Position);
        }

        var packed = new PackedHeaders(_bytes);
        int marker;
        while ((marker = ReadMarker(ref reader)) != Marker.StartOfData)
        {
            SegmentReader segment = Marker.StandsAlone(marker) ? default : reader.Segment();
            if (marker == Marker.PackedHeadersTilePart)
            {
                packed.Add(segment);
            }
            else
            {
                tile.Parameters.Read(marker, segment);
            }
        }

        AddPackedHeaders(tile, packed);
        tile.Parts.Add((reader.Position, end));
    }

    private void AddPackedHeaders(TileStream tile, PackedHeaders packed)
    {
        if (!packed.IsEmpty)
        {
            tile.HasPackedHeaders = true;
            tile.PackedHeaders.AddRange(packed.Join());
        }
        else if (_hasPackedHeaders)
        {
            // The main header has the packet headers of all tile-parts in order, each with its length.
            int length = (int)Math.Min(_packedHeaders.UInt32(), int.MaxValue);
            for (int i = 0; i < length; i++)
            {
                tile.PackedHeaders.Add((byte)_packedHeaders.Byte());
            }
        }
    }

    private static int ReadMarker(ref SegmentReader reader)
    {
        int position = reader.Position;
        int marker = reader.UInt16();
        return marker >= 0xFF00 ? marker : throw new CodestreamException(Invariant($"{marker:X4} was found instead of a marker"), position);
    }
}
