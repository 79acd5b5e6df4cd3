namespace MedSeg.Data.Demo;

/// <summary>Smooth random variation over the plane (value noise).</summary>
/// <param name="seed">The seed of the texture.</param>
internal sealed class DemoTexture(ulong seed)
{
    /// <summary>Computes the texture at a point.</summary>
    /// <returns>From −1 to 1; values one unit apart are independent.</returns>
    public double At(double x, double y)
    {
        double left = Math.Floor(x);
        double top = Math.Floor(y);
        double across = Smooth(x - left);
        double down = Smooth(y - top);
        int column = (int)left;
        int row = (int)top;
        double above = Lattice(column, row) + (across * (Lattice(column + 1, row) - Lattice(column, row)));
        double below = Lattice(column, row + 1) + (across * (Lattice(column + 1, row + 1) - Lattice(column, row + 1)));
        return above + (down * (below - above));
    }

    private static double Smooth(double t) => t * t * (3 - (2 * t));

    private double Lattice(int column, int row)
    {
        ulong bits = DemoRandom.Mix(seed ^ ((ulong)(uint)column << 32) ^ (uint)row);
        return ((bits >> 11) * (2.0 / (1L << 53))) - 1;
    }
}
