namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>Decodes the lines of a scan in any interleave mode (ITU-T T.87, A.3 to A.8 and B).</summary>
internal ref struct JpegLsScanDecoder
{
    private readonly JpegLsScanHeader _scan;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _planes;
    private readonly int _stride;
    private readonly int[][] _lines;
    private readonly int[][] _linesAbove;
    private readonly int[] _runIndices;
    private JpegLsSampleDecoder _samples;

    /// <summary>Initializes a new instance of the <see cref="JpegLsScanDecoder"/> struct.</summary>
    public JpegLsScanDecoder(JpegLsBitReader bits, JpegLsParameters parameters, JpegLsFrameHeader frame, JpegLsScanHeader scan)
    {
        _scan = scan;
        _rows = frame.Rows;
        _columns = frame.Columns;
        _samples = new JpegLsSampleDecoder(bits, parameters);

        // Interleaved samples are one plane of pixels; otherwise each component is a plane.
        _planes = scan.Interleave == JpegLsInterleave.Sample ? 1 : scan.Components.Length;
        _stride = scan.Components.Length / _planes;
        _lines = NewLines();
        _linesAbove = NewLines();
        _runIndices = new int[_planes];
    }

    /// <summary>Decodes the scan.</summary>
    /// <param name="restartInterval">The number of lines between restart markers, or 0.</param>
    /// <param name="decoded">The samples of the frame, interleaved by pixel.</param>
    /// <param name="frameComponents">The number of components of the frame.</param>
    /// <returns>The offset of the marker after the scan.</returns>
    public int Decode(uint restartInterval, Span<int> decoded, int frameComponents)
    {
        int restarts = 0;
        for (int row = 0; row < _rows; row++)
        {
            if (restartInterval > 0 && row > 0 && row % restartInterval == 0)
            {
                _samples.EndInterval((byte)(JpegLsMarker.FirstRestart + (restarts++ % JpegLsMarker.RestartCount)));
                ForgetLines();
            }

            for (int plane = 0; plane < _planes; plane++)
            {
                DecodeLine(plane);
                Copy(plane, decoded.Slice(row * _columns * frameComponents, _columns * frameComponents), frameComponents);
                (_lines[plane], _linesAbove[plane]) = (_linesAbove[plane], _lines[plane]);
            }

            _samples.EndLine();
        }

        _samples.EndInterval(restartMarker: null);
        return _samples.Position;
    }

    // A line has one more pixel before and after it: the neighbours of its first and last pixel.
    private readonly int[][] NewLines()
    {
        int[][] lines = new int[_planes][];
        for (int plane = 0; plane < _planes; plane++)
        {
            lines[plane] = new int[(_columns + 2) * _stride];
        }

        return lines;
    }

    private readonly void ForgetLines()
    {
        Array.Clear(_runIndices);
        foreach (int[] line in _linesAbove)
        {
            Array.Clear(line);
        }
    }

    private void DecodeLine(int plane)
    {
        int[] line = _lines[plane];
        int[] above = _linesAbove[plane];
        for (int i = 0; i < _stride; i++)
        {
            // The left neighbour of the first pixel is the one above it; the right neighbour of the last, above, is itself (A.2.1).
            line[i] = above[_stride + i];
            above[((_columns + 1) * _stride) + i] = above[(_columns * _stride) + i];
        }

        if (_stride == 1)
        {
            DecodeSingle(line, above, ref _runIndices[plane]);
        }
        else
        {
            DecodeAlternating(line, above, ref _runIndices[plane]);
        }
    }

    private void DecodeSingle(Span<int> line, ReadOnlySpan<int> above, ref int runIndex)
    {
        // Equal lengths let the compiler omit the bounds checks below.
        above = above[..line.Length];
        int x = 1;
        while (x + 1 < line.Length)
        {
            int left = line[x - 1];
            int upperLeft = above[x - 1];
            int upper = above[x];
            int middleRegion = _samples.Region(upper - upperLeft);
            while (x + 1 < line.Length)
            {
                int upperRight = above[x + 1];
                int rightRegion = _samples.Region(upperRight - upper);
                int context = (((rightRegion * 9) + middleRegion) * 9) + _samples.Region(upperLeft - left);
                if (context == 0)
                {
                    break;
                }

                left = _samples.DecodeRegular(context, JpegLsSampleDecoder.Predict(left, upper, upperLeft));
                line[x++] = left;

                // The neighbour above right becomes the one above, and so on.
                middleRegion = rightRegion;
                upperLeft = upper;
                upper = upperRight;
            }

            if (x + 1 < line.Length)
            {
                x = DecodeRun(line, above, x, ref runIndex);
            }
        }
    }

    private int DecodeRun(Span<int> line, ReadOnlySpan<int> above, int x, ref int runIndex)
    {
        int left = line[x - 1];
        int room = line.Length - 1 - x;
        int length = _samples.DecodeRunLength(room, ref runIndex);
        line.Slice(x, length).Fill(left);
        if (length == room)
        {
            return x + length;
        }

        x += length;
        line[x] = _samples.DecodeInterruption(left, above[x], runIndex, isAlternating: false);
        runIndex = Math.Max(0, runIndex - 1);
        return x + 1;
    }

    private void DecodeAlternating(Span<int> line, ReadOnlySpan<int> above, ref int runIndex)
    {
        Span<int> contexts = stackalloc int[_stride];
        int end = line.Length - _stride;
        int x = _stride;
        while (x < end)
        {
            int any = 0;
            for (int i = 0; i < contexts.Length; i++)
            {
                contexts[i] = Context(line, above, x + i);
                any |= contexts[i];
            }

            if (any == 0)
            {
                x = DecodeAlternatingRun(line, above, x, ref runIndex);
                continue;
            }

            for (int i = 0; i < contexts.Length; i++, x++)
            {
                int prediction = JpegLsSampleDecoder.Predict(line[x - _stride], above[x], above[x - _stride]);
                line[x] = _samples.DecodeRegular(contexts[i], prediction);
            }
        }
    }

    private readonly int Context(ReadOnlySpan<int> line, ReadOnlySpan<int> above, int x)
    {
        int right = _samples.Region(above[x + _stride] - above[x]);
        int middle = _samples.Region(above[x] - above[x - _stride]);
        int left = _samples.Region(above[x - _stride] - line[x - _stride]);
        return (((right * 9) + middle) * 9) + left;
    }

    private int DecodeAlternatingRun(Span<int> line, ReadOnlySpan<int> above, int x, ref int runIndex)
    {
        int room = (line.Length - _stride - x) / _stride;
        int length = _samples.DecodeRunLength(room, ref runIndex);
        for (int end = x + (length * _stride); x < end; x++)
        {
            line[x] = line[x - _stride];
        }

        if (length == room)
        {
            return x;
        }

        for (int end = x + _stride; x < end; x++)
        {
            line[x] = _samples.DecodeInterruption(line[x - _stride], above[x], runIndex, isAlternating: true);
        }

        runIndex = Math.Max(0, runIndex - 1);
        return x;
    }

    private readonly void Copy(int plane, Span<int> row, int frameComponents)
    {
        ReadOnlySpan<int> line = _lines[plane].AsSpan(_stride, _columns * _stride);
        if (frameComponents == 1)
        {
            line.CopyTo(row);
            return;
        }

        for (int i = 0; i < _stride; i++)
        {
            int component = _scan.Components[plane + i];
            for (int x = 0; x < _columns; x++)
            {
                row[(x * frameComponents) + component] = line[(x * _stride) + i];
            }
        }
    }
}
