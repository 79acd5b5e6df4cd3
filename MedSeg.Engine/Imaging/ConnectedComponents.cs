namespace MedSeg.Imaging;

/// <summary>Finds the connected components of each ROI of a mask, by union-find over the runs of each row.</summary>
internal sealed class ConnectedComponents
{
    // A component closer to the largest one counts as its ragged edge.
    private const int Apart = 2;

    private readonly List<int> _parents = [];
    private readonly List<Part> _parts = [];

    private ConnectedComponents()
    {
    }

    /// <summary>Counts the components of each ROI; pixels that share a side or a corner are connected.</summary>
    /// <param name="roi">The ROI numbers 0..K, row by row.</param>
    /// <param name="columns">The number of pixels of a row.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The components of the ROIs 0..K; those of the background, 0, are not counted.</returns>
    public static RoiComponents[] Count(ReadOnlySpan<byte> roi, int columns, int roiCount)
    {
        var parts = new ConnectedComponents();
        var above = new List<Run>();
        var row = new List<Run>();
        for (int y = 0; y * columns < roi.Length; y++)
        {
            row.Clear();
            parts.AddRow(roi.Slice(y * columns, columns), y, above, row);
            (above, row) = (row, above);
        }

        return parts.Summarize(roiCount);
    }

    private void AddRow(ReadOnlySpan<byte> row, int y, List<Run> above, List<Run> runs)
    {
        int first = 0;
        int start = row.IndexOfAnyExcept((byte)0);
        while (start >= 0 && start < row.Length)
        {
            byte value = row[start];
            int length = row[start..].IndexOfAnyExcept(value);
            int end = length < 0 ? row.Length : start + length;
            int part = -1;

            // Runs of the row above that end to the left of this run touch no later run either.
            while (first < above.Count && above[first].End < start)
            {
                first++;
            }

            for (int i = first; i < above.Count && above[i].Start <= end; i++)
            {
                if (above[i].Roi == value)
                {
                    part = part < 0 ? Root(above[i].Part) : Join(part, above[i].Part);
                }
            }

            if (part < 0)
            {
                part = _parents.Count;
                _parents.Add(part);
                _parts.Add(new Part(value, 0, y, y, start, end));
            }

            _parts[part] = _parts[part].With(new Part(value, end - start, y, y, start, end));
            runs.Add(new Run(start, end, value, part));
            int next = end < row.Length ? row[end..].IndexOfAnyExcept((byte)0) : -1;
            start = next < 0 ? -1 : end + next;
        }
    }

    private int Root(int part)
    {
        while (_parents[part] != part)
        {
            part = _parents[part] = _parents[_parents[part]];
        }

        return part;
    }

    private int Join(int first, int second)
    {
        int root = Root(first);
        int other = Root(second);
        if (root != other)
        {
            _parents[other] = root;
            _parts[root] = _parts[root].With(_parts[other]);
        }

        return root;
    }

    private RoiComponents[] Summarize(int roiCount)
    {
        var largest = new Part[roiCount + 1];
        int[] counts = new int[roiCount + 1];
        for (int i = 0; i < _parts.Count; i++)
        {
            if (_parents[i] == i)
            {
                Part part = _parts[i];
                counts[part.Roi]++;
                largest[part.Roi] = part.Pixels > largest[part.Roi].Pixels ? part : largest[part.Roi];
            }
        }

        long[] stray = new long[roiCount + 1];
        for (int i = 0; i < _parts.Count; i++)
        {
            stray[_parts[i].Roi] += _parents[i] == i && !_parts[i].IsNear(largest[_parts[i].Roi], Apart) ? _parts[i].Pixels : 0;
        }

        return [.. counts.Select((count, roi) => new RoiComponents(count, largest[roi].Pixels, stray[roi]))];
    }

    // End is the first column after the run.
    private readonly record struct Run(int Start, int End, byte Roi, int Part);

    // Bottom is the last row, Right the first column after it.
    private readonly record struct Part(byte Roi, long Pixels, int Top, int Bottom, int Left, int Right)
    {
        public Part With(in Part other) => this with
        {
            Pixels = Pixels + other.Pixels,
            Top = Math.Min(Top, other.Top),
            Bottom = Math.Max(Bottom, other.Bottom),
            Left = Math.Min(Left, other.Left),
            Right = Math.Max(Right, other.Right),
        };

        public bool IsNear(in Part other, int distance) =>
            Top <= other.Bottom + distance && Bottom >= other.Top - distance && Left < other.Right + distance && Right > other.Left - distance;
    }
}
