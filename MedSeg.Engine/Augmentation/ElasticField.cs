using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>
/// A smooth random deformation: random shifts at the knots of a coarse grid, interpolated by cubic B-splines (Rueckert et al. 1999). It is
/// twice differentiable and does not fold within the allowed shifts.
/// </summary>
internal sealed class ElasticField
{
    // Intervals along a side; a spline needs one knot before and two after them.
    private const int Intervals = 4;

    /// <summary>The number of knots along a side.</summary>
    public const int Knots = Intervals + 3;

    private readonly double[] _x;
    private readonly double[] _y;

    private ElasticField(double[] x, double[] y)
    {
        _x = x;
        _y = y;
    }

    /// <summary>Draws a random field.</summary>
    /// <param name="maximum">The maximum shift of a knot, in pixels; the deformation is smaller.</param>
    /// <param name="random">The sample's random numbers.</param>
    public static ElasticField Draw(double maximum, ref SampleRandom random) => OfStrength(random.Next(0, maximum), ref random);

    /// <summary>Draws a random field of a given strength.</summary>
    /// <param name="strength">The maximum shift of a knot, in pixels.</param>
    /// <param name="random">The sample's random numbers.</param>
    public static ElasticField OfStrength(double strength, ref SampleRandom random)
    {
        double[] x = new double[Knots * Knots];
        double[] y = new double[Knots * Knots];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = random.Next(-strength, strength);
            y[i] = random.Next(-strength, strength);
        }

        return new ElasticField(x, y);
    }

    /// <summary>Returns the splines as a matrix W, [S, 7]: the shifts at the pixel centres are W · knots · Wᵀ.</summary>
    /// <param name="size">The side S.</param>
    public static double[] Splines(int size)
    {
        double[] matrix = new double[size * Knots];
        for (int i = 0; i < size; i++)
        {
            (int knot, Weights weights) = Place((i + 0.5) / size);
            for (int k = 0; k < 4; k++)
            {
                matrix[(i * Knots) + knot + k] = weights[k];
            }
        }

        return matrix;
    }

    /// <summary>Copies the shifts of the knots, in pixels.</summary>
    /// <param name="shifts">Receives the horizontal shifts, [7, 7], followed by the vertical ones.</param>
    public void CopyTo(Span<double> shifts)
    {
        _x.CopyTo(shifts);
        _y.CopyTo(shifts[_x.Length..]);
    }

    /// <summary>Returns the shift at a position, in pixels.</summary>
    /// <param name="x">The position from 0 (left) to 1 (right).</param>
    /// <param name="y">The position from 0 (top) to 1 (bottom).</param>
    public (double X, double Y) At(double x, double y)
    {
        (int column, Weights across) = Place(x);
        (int row, Weights down) = Place(y);
        return (Sum(_x, row, column, down, across), Sum(_y, row, column, down, across));
    }

    /// <summary>Prepares the shifts at the pixel centres.</summary>
    /// <param name="size">The side S.</param>
    public Grid OnGrid(int size) => new(this, size);

    private static double Sum(double[] knots, int row, int column, in Weights down, in Weights across)
    {
        double sum = 0;
        for (int i = 0; i < 4; i++)
        {
            int at = ((row + i) * Knots) + column;
            sum += down[i] * ((across[0] * knots[at]) + (across[1] * knots[at + 1]) + (across[2] * knots[at + 2]) + (across[3] * knots[at + 3]));
        }

        return sum;
    }

    private static (int Knot, Weights Weights) Place(double part)
    {
        double at = Math.Clamp(part, 0, 1) * Intervals;
        int knot = Math.Min((int)at, Intervals - 1);
        return (knot, new Weights(at - knot));
    }

    /// <summary>The shifts at the pixel centres, row by row: terms that a row or a column shares are computed once.</summary>
    public sealed class Grid
    {
        private readonly ElasticField _field;
        private readonly (int Knot, Weights Weights)[] _places;
        private readonly double[] _x = new double[Knots];
        private readonly double[] _y = new double[Knots];

        internal Grid(ElasticField field, int size)
        {
            _field = field;
            _places = new (int, Weights)[size];
            for (int i = 0; i < size; i++)
            {
                _places[i] = Place((i + 0.5) / size);
            }
        }

        /// <summary>Moves to a row.</summary>
        /// <param name="row">The row, from 0.</param>
        public void MoveTo(int row)
        {
            (int knot, Weights down) = _places[row];
            for (int column = 0; column < Knots; column++)
            {
                (_x[column], _y[column]) = (0, 0);
                for (int i = 0; i < 4; i++)
                {
                    int at = ((knot + i) * Knots) + column;
                    _x[column] += down[i] * _field._x[at];
                    _y[column] += down[i] * _field._y[at];
                }
            }
        }

        /// <summary>Returns the shift at a pixel of the row, in pixels.</summary>
        /// <param name="column">The column, from 0.</param>
        public (double X, double Y) At(int column)
        {
            ref readonly (int Knot, Weights Weights) place = ref _places[column];
            ReadOnlySpan<double> x = _x.AsSpan(place.Knot, 4);
            ReadOnlySpan<double> y = _y.AsSpan(place.Knot, 4);
            (double a, double b, double c, double d) = (place.Weights[0], place.Weights[1], place.Weights[2], place.Weights[3]);
            return ((a * x[0]) + (b * x[1]) + (c * x[2]) + (d * x[3]), (a * y[0]) + (b * y[1]) + (c * y[2]) + (d * y[3]));
        }
    }

    /// <summary>The four cubic B-spline weights at a position within an interval.</summary>
    private readonly struct Weights(double t)
    {
        private readonly double _first = (1 - t) * (1 - t) * (1 - t) / 6;
        private readonly double _second = ((3 * t * t * t) - (6 * t * t) + 4) / 6;
        private readonly double _third = ((-3 * t * t * t) + (3 * t * t) + (3 * t) + 1) / 6;
        private readonly double _fourth = t * t * t / 6;

        public double this[int index] => index switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };
    }
}
