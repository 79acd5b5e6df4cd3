namespace MedSeg.Inspection;

/// <summary>The number, centre, spread and summed intensity of a set of pixels (moments up to the second order).</summary>
internal struct Moments
{
    // A pixel is a square of side 1, whose own variance along each axis is 1/12.
    private const double PixelVariance = 1 / 12.0;

    private double _x;
    private double _y;
    private double _xx;
    private double _yy;
    private double _xy;

    /// <summary>Gets the number of pixels.</summary>
    public double Pixels { get; private set; }

    /// <summary>Gets the sum of the intensities.</summary>
    public double Values { get; private set; }

    /// <summary>Gets the centre from left to right, in pixels.</summary>
    public readonly double X => _x / Pixels;

    /// <summary>Gets the centre from top to bottom, in pixels.</summary>
    public readonly double Y => _y / Pixels;

    /// <summary>Gets the variance along x, in square pixels.</summary>
    public readonly double VarianceX => Math.Max(0, (_xx / Pixels) - (X * X)) + PixelVariance;

    /// <summary>Gets the variance along y, in square pixels.</summary>
    public readonly double VarianceY => Math.Max(0, (_yy / Pixels) - (Y * Y)) + PixelVariance;

    /// <summary>Adds a pixel.</summary>
    /// <param name="x">Its centre from left to right, in pixels.</param>
    /// <param name="y">Its centre from top to bottom, in pixels.</param>
    /// <param name="value">Its intensity.</param>
    public void Add(double x, double y, double value)
    {
        Pixels++;
        Values += value;
        _x += x;
        _y += y;
        _xx += x * x;
        _yy += y * y;
        _xy += x * y;
    }

    /// <summary>Adds the pixels of another set.</summary>
    /// <param name="other">The set.</param>
    public void Add(in Moments other)
    {
        Pixels += other.Pixels;
        Values += other.Values;
        _x += other._x;
        _y += other._y;
        _xx += other._xx;
        _yy += other._yy;
        _xy += other._xy;
    }

    /// <summary>Computes the standard deviations along the principal axes, in pixels.</summary>
    public readonly (double Longer, double Shorter) Axes()
    {
        double covariance = (_xy / Pixels) - (X * Y);
        double middle = (VarianceX + VarianceY) / 2;
        double root = Math.Sqrt((Math.Pow(VarianceX - VarianceY, 2) / 4) + (covariance * covariance));
        return (Math.Sqrt(middle + root), Math.Sqrt(Math.Max(PixelVariance, middle - root)));
    }
}
