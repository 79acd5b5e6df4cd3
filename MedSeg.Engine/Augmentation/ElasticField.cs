namespace MedSeg.Augmentation;

/// <summary>
/// A smooth random deformation: random shifts at the knots of a coarse grid, between them a cubic B-spline (Rueckert et al.
/// 1999), which is twice differentiable and folds nowhere at the shifts that are allowed.
/// </summary>
internal sealed class ElasticField
{
    // Intervals a side; a spline needs one knot before and two after them.
    private const int Intervals = 4;
    private const int Knots = Intervals + 3;

    private readonly double[] _x;
    private readonly double[] _y;

    private ElasticField(double[] x, double[] y)
    {
        _x = x;
        _y = y;
    }

    /// <summary>Draws a field.</summary>
    /// <param name="greatest">The greatest shift of a knot, in pixels; the deformation is smaller.</param>
    /// <param name="random">The sample's random numbers.</param>
    public static ElasticField Draw(double greatest, ref SampleRandom random) => OfStrength(random.Next(0, greatest), ref random);

    /// <summary>Draws a field of a strength that is known.</summary>
    /// <param name="strength">The greatest shift of a knot, in pixels.</param>
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

    /// <summary>Gives the shift at a place.</summary>
    /// <param name="x">From 0, left, to 1, right.</param>
    /// <param name="y">From 0, top, to 1, bottom.</param>
    public (double X, double Y) At(double x, double y)
    {
        (int column, Weights across) = Place(x);
        (int row, Weights down) = Place(y);
        return (Sum(_x, row, column, down, across), Sum(_y, row, column, down, across));
    }

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

    /// <summary>The four cubic B-spline weights at a place within an interval.</summary>
    private readonly struct Weights(double t)
    {
        private readonly double _first = (1 - t) * (1 - t) * (1 - t) / 6;
        private readonly double _second = ((3 * t * t * t) - (6 * t * t) + 4) / 6;
        private readonly double _third = ((-3 * t * t * t) + (3 * t * t) + (3 * t) + 1) / 6;
        private readonly double _fourth = t * t * t / 6;

        public double this[int index] => index switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };
    }
}
