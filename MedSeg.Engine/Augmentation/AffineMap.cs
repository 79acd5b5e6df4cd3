using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>The map from the result of an augmentation to its source: crop, then warp, then rotation about the centre.</summary>
/// <param name="Angle">The rotation, in radians.</param>
/// <param name="WarpX">The factor by which columns are shrunk.</param>
/// <param name="WarpY">The factor by which rows are shrunk.</param>
/// <param name="Side">The side of the crop, as a share of S.</param>
/// <param name="CropX">The left edge of the crop, in pixels.</param>
/// <param name="CropY">The upper edge of the crop, in pixels.</param>
/// <param name="Size">The side S.</param>
internal readonly record struct AffineMap(double Angle, double WarpX, double WarpY, double Side, double CropX, double CropY, int Size)
{
    private readonly double _cos = Math.Cos(Angle);
    private readonly double _sin = Math.Sin(Angle);

    /// <summary>Gets the rotation, in radians. It has no init accessor, because a copy with another angle would keep the old sine and cosine.</summary>
    public double Angle { get; } = Angle;

    /// <summary>Gets a value indicating whether the map is the identity.</summary>
    public bool IsIdentity => Angle == 0 && WarpX == 1 && WarpY == 1 && Side == 1 && CropX == 0 && CropY == 0;

    /// <summary>Returns a map that only rotates.</summary>
    /// <param name="angle">The rotation, in radians.</param>
    /// <param name="size">The side S.</param>
    public static AffineMap Rotation(double angle, int size) => new(angle, 1, 1, 1, 0, 0, size);

    /// <summary>Draws a random map.</summary>
    public static AffineMap Draw(AugmentationOptions options, int size, ref SampleRandom random)
    {
        double p = options.AugmentationProbability;
        double angle = random.Next() < p ? random.Next(-options.RotationDegrees, options.RotationDegrees) * Math.PI / 180 : 0;
        bool warp = random.Next() < p;
        double warpX = warp ? random.Next(options.WarpMinimum, 1) : 1;
        double warpY = warp ? random.Next(options.WarpMinimum, 1) : 1;
        bool crop = random.Next() < p;
        double side = crop ? random.Next(options.CropMinimum, options.CropMaximum) : 1;
        double cropX = crop ? random.Next(0, (1 - side) * size) : 0;
        double cropY = crop ? random.Next(0, (1 - side) * size) : 0;
        return new AffineMap(angle, warpX, warpY, side, cropX, cropY, size);
    }

    /// <summary>Returns the position in the source for a position in the result, both in pixels; 0.5 is the centre of the first pixel.</summary>
    public (double X, double Y) Source(double x, double y)
    {
        double centre = Size / 2.0;
        double u = ((x * Side) + CropX - centre) / WarpX;
        double v = ((y * Side) + CropY - centre) / WarpY;
        return ((_cos * u) + (_sin * v) + centre, (_cos * v) - (_sin * u) + centre);
    }

    /// <summary>
    /// Returns the map in the coordinates of torch's grid_sample, in which the source extends from -1 to 1 between its edges (align_corners
    /// false): the pixel position (x, y) in the result has its source at (a x + b y + c, d x + e y + f).
    /// </summary>
    /// <param name="coefficients">Receives a, b, c, d, e, f.</param>
    public void ToGrid(Span<double> coefficients)
    {
        double scale = 2.0 / Size;
        (double x, double y) = Source(0, 0);
        (double xRight, double yRight) = Source(1, 0);
        (double xBelow, double yBelow) = Source(0, 1);
        ReadOnlySpan<double> values = [(xRight - x) * scale, (xBelow - x) * scale, (x * scale) - 1, (yRight - y) * scale, (yBelow - y) * scale, (y * scale) - 1];
        values.CopyTo(coefficients);
    }
}
