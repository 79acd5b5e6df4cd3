namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Collects packet headers that are in the main header or a tile-part's header (T.800, A.7.4 and A.7.5).</summary>
/// <param name="bytes">The frame.</param>
internal sealed class PackedHeaders(byte[] bytes)
{
    private readonly SortedList<int, (int Start, int End)> _segments = [];

    /// <summary>Gets a value indicating whether there are no packet headers.</summary>
    public bool IsEmpty => _segments.Count == 0;

    /// <summary>Adds a marker segment.</summary>
    /// <exception cref="CodestreamException">Its number occurs twice.</exception>
    public void Add(SegmentReader segment)
    {
        int number = segment.Byte();
        if (!_segments.TryAdd(number, (segment.Position, segment.Position + segment.Remaining)))
        {
            throw new CodestreamException("two marker segments of packed packet headers have the same number", segment.Position);
        }
    }

    /// <summary>Joins the segments by their numbers.</summary>
    public byte[] Join()
    {
        var joined = new List<byte>();
        foreach ((int start, int end) in _segments.Values)
        {
            joined.AddRange(bytes.AsSpan(start, end - start));
        }

        return [.. joined];
    }
}
