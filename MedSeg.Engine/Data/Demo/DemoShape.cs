using System.Numerics;

namespace MedSeg.Data.Demo;

/// <summary>An ellipse with a wavy outline: the cross-section of an organ.</summary>
/// <param name="X">The centre, positive to the image's right.</param>
/// <param name="Y">The centre, positive downwards.</param>
/// <param name="RadiusX">The half width, before rotation.</param>
/// <param name="RadiusY">The half height, before rotation.</param>
internal sealed record DemoShape(double X, double Y, double RadiusX, double RadiusY)
{
    // The outline of any shape ends below this radius: 1 plus the sum of its waves.
    private const double Reach = 1.5;

    /// <summary>Gets the clockwise rotation of the shape in the image, as a tangent.</summary>
    public double Turn { get; init; }

    /// <summary>Gets the waves of the outline with two, three and four periods: amplitude times direction.</summary>
    public (Complex Two, Complex Three, Complex Four) Waves { get; init; }

    /// <summary>Draws random waves.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="amplitude">The maximum amplitude, as a fraction of the radius.</param>
    public static (Complex Two, Complex Three, Complex Four) RandomWaves(DemoRandom random, double amplitude) =>
        (random.Direction() * random.Uniform(0, amplitude),
         random.Direction() * random.Uniform(0, amplitude),
         random.Direction() * random.Uniform(0, amplitude * 0.6));

    /// <summary>Computes the distance from the centre, relative to that of the outline in the same direction.</summary>
    /// <returns>Below 1 inside the shape; infinity far outside.</returns>
    public double Distance(double x, double y)
    {
        double dx = x - X;
        double dy = y - Y;
        double reach = Reach * Math.Max(RadiusX, RadiusY);
        if (dx > reach || dx < -reach || dy > reach || dy < -reach)
        {
            return double.PositiveInfinity;
        }

        double scale = 1 / Math.Sqrt(1 + (Turn * Turn));
        double u = (dx + (Turn * dy)) * scale / RadiusX;
        double v = (dy - (Turn * dx)) * scale / RadiusY;
        double square = (u * u) + (v * v);
        if (square > Reach * Reach)
        {
            return double.PositiveInfinity;
        }

        if (square < 1e-12)
        {
            return 0;
        }

        // Cosine and sine of the multiples of the angle, by the addition theorems.
        double radius = Math.Sqrt(square);
        double cos = u / radius;
        double sin = v / radius;
        double cos2 = (cos * cos) - (sin * sin);
        double sin2 = 2 * cos * sin;
        double outline = 1 + Wave(Waves.Two, cos2, sin2)
            + Wave(Waves.Three, (cos2 * cos) - (sin2 * sin), (sin2 * cos) + (cos2 * sin))
            + Wave(Waves.Four, (cos2 * cos2) - (sin2 * sin2), 2 * cos2 * sin2);
        return radius / outline;
    }

    public bool Contains(double x, double y) => Distance(x, y) < 1;

    private static double Wave(Complex wave, double cos, double sin) => (wave.Real * cos) + (wave.Imaginary * sin);
}
