namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The code-blocks of a precinct in one subband (T.800, B.7).</summary>
/// <param name="band">The subband.</param>
/// <param name="area">The part of the precinct, in the subband's coordinates.</param>
/// <param name="log2BlockWidth">The exponent of the width of code-blocks here.</param>
/// <param name="log2BlockHeight">The exponent of their height.</param>
internal sealed class PrecinctBand(Subband band, Area area, int log2BlockWidth, int log2BlockHeight)
{
    // Code-blocks without data take no memory.
    private CodeBlock?[]? _blocks;
    private TagTree? _inclusion;
    private TagTree? _zeroPlanes;

    /// <summary>Gets the number of code-blocks in a row.</summary>
    public int BlocksAcross { get; } = area.IsEmpty ? 0 : Area.CellCount(area.X0, area.X1, log2BlockWidth);

    /// <summary>Gets the number of code-blocks in a column.</summary>
    public int BlocksDown { get; } = area.IsEmpty ? 0 : Area.CellCount(area.Y0, area.Y1, log2BlockHeight);

    /// <summary>Gets the number of bit-planes of the subband.</summary>
    public int PlaneCount => band.PlaneCount;

    /// <summary>Gets the code-blocks row by row; <see langword="null"/> if there is no data so far.</summary>
    public CodeBlock?[] Blocks => _blocks ??= new CodeBlock?[BlocksAcross * BlocksDown];

    /// <summary>Gets the first layer in which each code-block has data.</summary>
    public TagTree Inclusion => _inclusion ??= new TagTree(BlocksAcross, BlocksDown);

    /// <summary>Gets the number of the most significant bit-planes of each code-block that are all zero.</summary>
    public TagTree ZeroPlanes => _zeroPlanes ??= new TagTree(BlocksAcross, BlocksDown);

    /// <summary>Adds a code-block.</summary>
    public CodeBlock Add(int column, int row, int planes)
    {
        var block = new CodeBlock(
            area.Cell((area.X0 >> log2BlockWidth) + column, (area.Y0 >> log2BlockHeight) + row, log2BlockWidth, log2BlockHeight), planes);
        band.Blocks.Add(block);
        Blocks[(row * BlocksAcross) + column] = block;
        return block;
    }
}
