namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// A tag tree (T.800, B.10.2): a number for each code-block of a precinct, coded incrementally by comparison with thresholds.
/// The value of a node is the least of its up to four children.
/// </summary>
internal sealed class TagTree
{
    private readonly int[] _levelStarts;
    private readonly int[] _levelWidths;

    // For each node, the known lower bound of its value, times two, plus 1 if the bound is the value.
    private readonly int[] _nodes;

    /// <summary>Initializes a tree of unknown numbers.</summary>
    /// <param name="width">The number of leaves in a row, at least 1.</param>
    /// <param name="height">The number of leaves in a column, at least 1.</param>
    public TagTree(int width, int height)
    {
        var starts = new List<int>();
        var widths = new List<int>();
        int count = 0;
        while (true)
        {
            starts.Add(count);
            widths.Add(width);
            count += width * height;
            if (width == 1 && height == 1)
            {
                break;
            }

            (width, height) = ((width + 1) / 2, (height + 1) / 2);
        }

        _levelStarts = [.. starts];
        _levelWidths = [.. widths];
        _nodes = new int[count];
    }

    /// <summary>Reads the bits that determine whether a leaf's value is below a threshold.</summary>
    public bool IsBelow(int x, int y, int threshold, ref PacketHeaderBits bits)
    {
        int bound = 0;
        bool isKnown = false;
        for (int level = _levelStarts.Length - 1; level >= 0; level--)
        {
            ref int node = ref _nodes[_levelStarts[level] + ((y >> level) * _levelWidths[level]) + (x >> level)];
            bound = Math.Max(bound, node >> 1);
            isKnown = (node & 1) != 0;
            while (!isKnown && bound < threshold)
            {
                isKnown = bits.Read() == 1;
                bound += isKnown ? 0 : 1;
            }

            node = (bound << 1) | (isKnown ? 1 : 0);
        }

        return isKnown && bound < threshold;
    }
}
