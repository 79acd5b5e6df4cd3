namespace MedSeg.Imaging;

/// <summary>
/// Colours in CIELab relative to D50, the profile connection space of ICC, which DICOM uses for recommended display colours (PS3.3,
/// C.10.7.1.1). From sRGB (IEC 61966-2-1) with the chromatic adaptation of Bradford.
/// </summary>
internal static class CieLab
{
    private const double Epsilon = 216.0 / 24389;
    private const double Kappa = 24389.0 / 27;

    // sRGB to XYZ, adapted from D65 to D50, one row for each of X, Y and Z. White is the sum of a row, so that grey has no colour.
    private static readonly double[][] s_matrix =
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ];

    /// <summary>Converts a colour to L* (0 to 100), a* and b* (−128 to 127).</summary>
    /// <param name="color">The colour.</param>
    public static (double L, double A, double B) Of(RgbColor color)
    {
        double[] linear = [Linear(color.Red), Linear(color.Green), Linear(color.Blue)];
        double[] f = [.. s_matrix.Select(row => Curve(((row[0] * linear[0]) + (row[1] * linear[1]) + (row[2] * linear[2])) / row.Sum()))];
        return ((116 * f[1]) - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2]));
    }

    /// <summary>Encodes a colour in three 16-bit numbers: L* from 0 to 100, a* and b* from −128 to 127, each as 0 to 65535.</summary>
    /// <param name="color">The colour.</param>
    public static ushort[] Encode(RgbColor color)
    {
        (double l, double a, double b) = Of(color);
        return [Scale(l / 100), Scale((a + 128) / 255), Scale((b + 128) / 255)];
    }

    private static ushort Scale(double part) => (ushort)Math.Round(Math.Clamp(part, 0, 1) * ushort.MaxValue);

    private static double Linear(byte value)
    {
        double part = value / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }

    private static double Curve(double t) => t > Epsilon ? Math.Cbrt(t) : ((Kappa * t) + 16) / 116;
}
