namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A code-block with data in at least one packet.</summary>
/// <param name="area">The area in its subband.</param>
/// <param name="planes">The number of bit-planes that are not all zero.</param>
internal sealed class CodeBlock(Area area, int planes)
{
    // With bypass, the first segment has the passes of four bit-planes; raw passes and cleanup passes alternate after that.
    private const int PassesBeforeBypass = 10;
    private const int InitialLengthBits = 3;

    private readonly List<(int Passes, int Length)> _segments = [];
    private readonly List<(int Position, int Length)> _chunks = [];
    private int _room;

    /// <summary>Gets the area in its subband.</summary>
    public Area Area { get; } = area;

    /// <summary>Gets the number of its bit-planes that are not all zero.</summary>
    public int Planes { get; } = planes;

    /// <summary>Gets or sets the state variable Lblock (T.800, B.10.7.1).</summary>
    public int LengthBits { get; set; } = InitialLengthBits;

    /// <summary>Gets the number of passes so far.</summary>
    public int Passes { get; private set; }

    /// <summary>Gets the codeword segments: the number of passes and of bytes in each.</summary>
    public IReadOnlyList<(int Passes, int Length)> Segments => _segments;

    /// <summary>Gets the positions of the bytes in the frame; joined, they are the bytes of the segments.</summary>
    public IReadOnlyList<(int Position, int Length)> Chunks => _chunks;

    /// <summary>Checks whether a pass is coded as raw bits (T.800, table D.9).</summary>
    /// <param name="pass">The number of the pass; every third is a cleanup pass, starting with the first.</param>
    /// <param name="style">The style.</param>
    public static bool IsRaw(int pass, CodeBlockStyle style) =>
        (style & CodeBlockStyle.Bypass) != 0 && pass >= PassesBeforeBypass && pass % 3 != 0;

    /// <summary>Opens a codeword segment if the last one is full.</summary>
    /// <returns>The number of passes for which there is room in the last segment.</returns>
    public int OpenSegment(CodeBlockStyle style)
    {
        if (_room == 0)
        {
            _room = SegmentCapacity(style);
            _segments.Add((0, 0));
        }

        return _room;
    }

    /// <summary>Adds passes to the last segment.</summary>
    public void AddPasses(int passes, int length)
    {
        (int segmentPasses, int segmentLength) = _segments[^1];
        _segments[^1] = (segmentPasses + passes, segmentLength + length);
        _room -= passes;
        Passes += passes;
    }

    /// <summary>Adds bytes.</summary>
    public void AddChunk(int position, int length) => _chunks.Add((position, length));

    private int SegmentCapacity(CodeBlockStyle style)
    {
        if ((style & CodeBlockStyle.TerminateEachPass) != 0)
        {
            return 1;
        }

        if ((style & CodeBlockStyle.Bypass) == 0)
        {
            return int.MaxValue;
        }

        if (Passes < PassesBeforeBypass)
        {
            return PassesBeforeBypass - Passes;
        }

        return IsRaw(Passes, style) ? 2 : 1;
    }
}
