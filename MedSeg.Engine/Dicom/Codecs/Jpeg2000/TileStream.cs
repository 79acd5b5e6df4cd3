namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The coded data of a tile, collected from its tile-parts.</summary>
/// <param name="index">The number of the tile.</param>
/// <param name="parameters">The parameters of the main header; those of the tile's headers are added to them.</param>
internal sealed class TileStream(int index, CodingParameters parameters)
{
    /// <summary>Gets the number of the tile.</summary>
    public int Index { get; } = index;

    /// <summary>Gets the coding parameters.</summary>
    public CodingParameters Parameters { get; } = parameters;

    /// <summary>Gets the start and end of the packets of each tile-part in the frame.</summary>
    public List<(int Start, int End)> Parts { get; } = [];

    /// <summary>Gets the packet headers in marker segments, in the order of packets.</summary>
    public List<byte> PackedHeaders { get; } = [];

    /// <summary>Gets or sets a value indicating whether packet headers are in marker segments rather than in the packets.</summary>
    public bool HasPackedHeaders { get; set; }

    /// <summary>Gets the number of bytes of packets.</summary>
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
