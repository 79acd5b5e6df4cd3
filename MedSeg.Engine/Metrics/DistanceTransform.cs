using MedSeg.Imaging;

namespace MedSeg.Metrics;

/// <summary>
/// Computes exact Euclidean distances to the nearest pixel of a set, for pixels of any height and width (Felzenszwalb and
/// Huttenlocher 2012: lower envelopes of parabolas, first along columns, then along rows).
/// </summary>
internal static class DistanceTransform
{
    /// <summary>Computes the distances.</summary>
    /// <param name="set">The pixels of the set, row by row; at least one.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="spacing">The distance between pixels, in mm.</param>
    /// <returns>The distance of each pixel, in mm.</returns>
    public static double[] Compute(ReadOnlySpan<bool> set, int columns, PixelSpacing spacing)
    {
        int rows = set.Length / columns;
        double[] squares = new double[set.Length];
        for (int i = 0; i < set.Length; i++)
        {
            squares[i] = set[i] ? 0 : double.PositiveInfinity;
        }

        double[] line = new double[Math.Max(rows, columns)];
        var envelope = new Envelope(line.Length);
        for (int column = 0; column < columns; column++)
        {
            for (int row = 0; row < rows; row++)
            {
                line[row] = squares[(row * columns) + column];
            }

            envelope.Lower(line.AsSpan(0, rows), spacing.Row);
            for (int row = 0; row < rows; row++)
            {
                squares[(row * columns) + column] = envelope.Result[row];
            }
        }

        for (int row = 0; row < rows; row++)
        {
            Span<double> values = squares.AsSpan(row * columns, columns);
            envelope.Lower(values, spacing.Column);
            envelope.Result.AsSpan(0, columns).CopyTo(values);
        }

        for (int i = 0; i < squares.Length; i++)
        {
            squares[i] = Math.Sqrt(squares[i]);
        }

        return squares;
    }

    private sealed class Envelope(int length)
    {
        private readonly int[] _vertices = new int[length];
        private readonly double[] _starts = new double[length + 1];

        public double[] Result { get; } = new double[length];

        // The minimum of f(q) + (step·(p − q))² over all q, for each p.
        public void Lower(ReadOnlySpan<double> f, double step)
        {
            int last = -1;
            for (int q = 0; q < f.Length; q++)
            {
                if (double.IsPositiveInfinity(f[q]))
                {
                    continue;
                }

                double start = double.NegativeInfinity;
                while (last >= 0 && (start = Meet(f, _vertices[last], q, step)) <= _starts[last])
                {
                    last--;
                }

                last++;
                _vertices[last] = q;
                _starts[last] = start;
            }

            for (int p = 0, k = 0; p < f.Length; p++)
            {
                while (k < last && _starts[k + 1] < p)
                {
                    k++;
                }

                Result[p] = last < 0 ? double.PositiveInfinity : f[_vertices[k]] + (step * step * (p - _vertices[k]) * (p - _vertices[k]));
            }
        }

        private static double Meet(ReadOnlySpan<double> f, int first, int second, double step) =>
            (((f[second] - f[first]) / (step * step)) + ((double)second * second) - ((double)first * first)) / (2.0 * (second - first));
    }
}
