namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The coded data of a tile, gathered from its tile-parts.</summary>
/// <param name="index">The number of the tile.</param>
/// <param name="parameters">What the main header says; the tile's own headers are read into it.</param>
internal sealed class TileStream(int index, CodingParameters parameters)
{
    /// <summary>Gets the number of the tile.</summary>
    public int Index { get; } = index;

    /// <summary>Gets the coding parameters.</summary>
    public CodingParameters Parameters { get; } = parameters;

    /// <summary>Gets where the packets of each tile-part begin and end in the frame.</summary>
    public List<(int Start, int End)> Parts { get; } = [];

    /// <summary>Gets the packet headers that stand in marker segments, in the order of packets.</summary>
    public List<byte> PackedHeaders { get; } = [];

    /// <summary>Gets or sets a value indicating whether packet headers stand in marker segments, not with the packets.</summary>
    public bool HasPackedHeaders { get; set; }

    /// <summary>Gets the number of bytes that packets can be read from.</summary>
    public long Length
    {
        get
        {
            long length = PackedHeaders.Count;
            foreach ((int start, int end) in Parts)
            {
                length += end - start;
            }

            return length;
        }
    }
}
