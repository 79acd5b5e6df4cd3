namespace MedSeg.Imaging;

/// <summary>
/// The share that each ROI of a mask has of the pixels of the resized mask, between 0 and 1. Only the rectangle around an ROI is filtered, so the work grows with the ROIs' size and not with their number.
/// </summary>
internal sealed class RoiShares
{
    private readonly ResizeWeights _down;
    private readonly AxisWindow _columns;
    private readonly Plane?[] _planes = new Plane?[256];

    /// <summary>Initializes a new instance of the <see cref="RoiShares"/> class.</summary>
    /// <param name="roi">The ROI numbers [rows, columns], row by row.</param>
    /// <param name="geometry">The sizes, and the place in the square.</param>
    public RoiShares(ReadOnlySpan<byte> roi, ResizeGeometry geometry)
    {
        _columns = geometry.VisibleColumns;
        _down = ResizeWeights.OfArea(geometry.SourceRows, geometry.Rows);
        var across = ResizeWeights.OfArea(geometry.SourceColumns, geometry.Columns);
        FindRectangles(roi, geometry.SourceColumns);
        Rois = [.. Enumerable.Range(1, byte.MaxValue).Where(i => _planes[i] is not null).Select(i => (byte)i)];
        foreach (byte number in Rois)
        {
            _planes[number]!.Narrow(roi, geometry.SourceColumns, number, across, _columns);
        }
    }

    /// <summary>Gets the numbers of the ROIs in the mask, without background, in ascending order.</summary>
    public IReadOnlyList<byte> Rois { get; }

    /// <summary>Computes the shares of an ROI in a row of the resized mask.</summary>
    /// <param name="number">The ROI's number.</param>
    /// <param name="row">The row.</param>
    /// <param name="share">Receives the shares of the visible columns, as far as they are not 0.</param>
    /// <returns>The visible columns whose share was computed; the share of all others is 0.</returns>
    public AxisWindow Compute(byte number, int row, Span<float> share) =>
        _planes[number]!.Combine(_down.Of(row), _down.First(row), share);

    private void FindRectangles(ReadOnlySpan<byte> roi, int columns)
    {
        for (int start = 0; start < roi.Length; start += columns)
        {
            ReadOnlySpan<byte> line = roi.Slice(start, columns);
            for (int i = line.IndexOfAnyExcept((byte)0); i >= 0 && i < columns;)
            {
                int run = line[i..].IndexOfAnyExcept(line[i]);
                int end = run < 0 ? columns : i + run;
                if (line[i] != 0)
                {
                    (_planes[line[i]] ??= new Plane()).Add(start / columns, i, end);
                }

                i = end;
            }
        }
    }

    /// <summary>The rectangle around an ROI, and its shares after the columns were resized.</summary>
    private sealed class Plane
    {
        private int _top = int.MaxValue;
        private int _bottom;
        private int _left = int.MaxValue;
        private int _right;
        private AxisWindow _filled;
        private float[] _narrowed = [];

        public void Add(int row, int left, int right)
        {
            _top = Math.Min(_top, row);
            _bottom = row + 1;
            _left = Math.Min(_left, left);
            _right = Math.Max(_right, right);
        }

        public void Narrow(ReadOnlySpan<byte> roi, int columns, byte number, ResizeWeights across, AxisWindow visible)
        {
            int first = 0;
            int end = visible.Count;
            while (first < end && across.First(visible.First + first) + across.Of(visible.First + first).Length <= _left)
            {
                first++;
            }

            while (end > first && across.First(visible.First + end - 1) >= _right)
            {
                end--;
            }

            _filled = new AxisWindow(first, end - first);
            _narrowed = new float[(_bottom - _top) * _filled.Count];
            for (int row = _top; row < _bottom; row++)
            {
                ReadOnlySpan<byte> line = roi.Slice(row * columns, columns);
                Span<float> into = _narrowed.AsSpan((row - _top) * _filled.Count, _filled.Count);
                for (int i = 0; i < into.Length; i++)
                {
                    int target = visible.First + first + i;
                    into[i] = ShareOf(number, line[across.First(target)..], across.Of(target));
                }
            }
        }

        public AxisWindow Combine(ReadOnlySpan<float> weights, int first, Span<float> share)
        {
            int from = Math.Max(first, _top);
            int to = Math.Min(first + weights.Length, _bottom);
            if (from >= to)
            {
                return default;
            }

            Span<float> sum = share.Slice(_filled.First, _filled.Count);
            sum.Clear();
            for (int row = from; row < to; row++)
            {
                float weight = weights[row - first];
                ReadOnlySpan<float> line = _narrowed.AsSpan((row - _top) * _filled.Count, _filled.Count);
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += weight * line[i];
                }
            }

            return _filled;
        }

        private static float ShareOf(byte number, ReadOnlySpan<byte> line, ReadOnlySpan<float> weights)
        {
            float sum = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                sum += line[i] == number ? weights[i] : 0;
            }

            return sum;
        }
    }
}
