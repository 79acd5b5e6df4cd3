using System.Numerics;
using static System.FormattableString;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Reads the packets of a tile and adds their data to code-blocks (T.800, B.9 and B.10).</summary>
internal sealed class PacketReader
{
    // Coefficients are kept in 32 bits with a sign and a bit for the middle of the interval of uncertainty.
    private const int MaximumPlanes = 30;
    private const int MaximumLengthBits = 31;

    private readonly byte[] _bytes;
    private readonly TileStream _tile;
    private readonly WorkBudget _budget;
    private readonly byte[]? _packedHeaders;
    private readonly List<(CodeBlock Block, int Length)> _contributions = [];
    private int _packedPosition;
    private int _part;
    private int _position;
    private int _end;

    /// <summary>Initializes a reader at the tile's first packet.</summary>
    public PacketReader(byte[] bytes, TileStream tile, WorkBudget budget)
    {
        _bytes = bytes;
        _tile = tile;
        _budget = budget;
        _packedHeaders = tile.HasPackedHeaders ? [.. tile.PackedHeaders] : null;
        (_position, _end) = tile.Parts[0];
    }

    /// <summary>Gets the offset of the next packet.</summary>
    public int Position => _position;

    /// <summary>Reads a packet.</summary>
    /// <param name="precinct">The precinct.</param>
    /// <param name="layer">The layer.</param>
    /// <exception cref="CodestreamException">The stream is truncated or damaged.</exception>
    public void Read(Precinct precinct, int layer)
    {
        while (_position == _end && _part + 1 < _tile.Parts.Count)
        {
            (_position, _end) = _tile.Parts[++_part];
        }

        SkipMarker(_bytes, ref _position, _end, Marker.StartOfPacket, length: 6);
        _contributions.Clear();
        if (_packedHeaders is { } packed)
        {
            ReadHeader(packed, ref _packedPosition, packed.Length, precinct, layer);
        }
        else
        {
            ReadHeader(_bytes, ref _position, _end, precinct, layer);
        }

        foreach ((CodeBlock block, int length) in _contributions)
        {
            if (length > _end - _position)
            {
                throw new CodestreamException(
                    Invariant($"a packet states {length} bytes of a code-block, but only {_end - _position} are left: the stream is truncated or damaged"),
                    _position);
            }

            block.AddChunk(_position, length);
            _position += length;
        }
    }

    private static void SkipMarker(byte[] bytes, ref int position, int end, int marker, int length)
    {
        // No packet header or code-block starts with these two bytes.
        if (position + length <= end && bytes[position] == marker >> 8 && bytes[position + 1] == (marker & 0xFF))
        {
            position += length;
        }
    }

    private void ReadHeader(byte[] bytes, ref int position, int end, Precinct precinct, int layer)
    {
        var bits = new PacketHeaderBits(bytes, position, end);
        if (bits.Read() == 1)
        {
            foreach (PrecinctBand band in precinct.Bands)
            {
                ReadBand(band, layer, precinct.Style.BlockStyle, ref bits);
            }
        }

        bits.Align();
        position = bits.Position;
        SkipMarker(bytes, ref position, end, Marker.EndOfPacketHeader, length: 2);
    }

    private void ReadBand(PrecinctBand band, int layer, CodeBlockStyle style, ref PacketHeaderBits bits)
    {
        _budget.Spend((long)band.BlocksAcross * band.BlocksDown, _position);
        for (int row = 0; row < band.BlocksDown; row++)
        {
            for (int column = 0; column < band.BlocksAcross; column++)
            {
                CodeBlock? block = band.Blocks[(row * band.BlocksAcross) + column];
                bool isIncluded = block is null ? band.Inclusion.IsBelow(column, row, layer + 1, ref bits) : bits.Read() == 1;
                if (isIncluded)
                {
                    block ??= band.Add(column, row, ReadPlanes(band, column, row, ref bits));
                    ReadPasses(block, style, ref bits);
                }
            }
        }
    }

    private int ReadPlanes(PrecinctBand band, int column, int row, ref PacketHeaderBits bits)
    {
        int zeroPlanes = 0;
        while (zeroPlanes <= band.PlaneCount && !band.ZeroPlanes.IsBelow(column, row, zeroPlanes + 1, ref bits))
        {
            zeroPlanes++;
        }

        int planes = band.PlaneCount - zeroPlanes;
        if (planes is < 0 or > MaximumPlanes)
        {
            throw new CodestreamException(Invariant($"a code-block has {planes} bit-planes; 0 to {MaximumPlanes} are supported"), _position);
        }

        return planes;
    }

    private void ReadPasses(CodeBlock block, CodeBlockStyle style, ref PacketHeaderBits bits)
    {
        int passes = bits.ReadPassCount();
        if (block.Passes + passes > (3 * block.Planes) - 2)
        {
            throw new CodestreamException(Invariant($"a code-block has {block.Passes + passes} passes, too many for its {block.Planes} bit-planes"), _position);
        }

        while (bits.Read() == 1)
        {
            block.LengthBits++;
        }

        while (passes > 0)
        {
            int count = Math.Min(passes, block.OpenSegment(style));
            int lengthBits = block.LengthBits + BitOperations.Log2((uint)count);
            int length = lengthBits <= MaximumLengthBits ? bits.Read(lengthBits) : int.MaxValue;

            // Checked before lengths add up, so that no sum overflows.
            if (length > _bytes.Length)
            {
                throw new CodestreamException("a packet states more bytes of a code-block than the stream has: it is truncated or damaged", _position);
            }

            block.AddPasses(count, length);
            _contributions.Add((block, length));
            passes -= count;
        }
    }
}
