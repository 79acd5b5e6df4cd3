using MedSeg.Inference;

namespace MedSeg.Tests.Inference;

/// <summary>Views of test-time augmentation against a pixel-by-pixel computation in double precision.</summary>
public sealed class ViewTransformTests
{
    private const int Size = 23;
    private static readonly float[] s_image = Noise(seed: 5);

    public static TheoryData<double, double> Views => new() { { 0, 1 }, { -5, 1 }, { 5, 1 }, { 0, 0.9 }, { 0, 1.1 }, { 33, 0.7 } };

    [Theory]
    [MemberData(nameof(Views))]
    public void View_is_a_rotation_and_a_zoom_about_the_centre_and_black_outside(double degrees, double scale)
    {
        float[] view = new float[Size * Size];

        new ViewTransform(degrees, scale, Size).Resample(s_image, view);

        for (int i = 0; i < view.Length; i++)
        {
            (double x, double y) = Source(i, degrees, scale);
            Assert.Equal(Interpolate(x, y), view[i], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Way_back_undoes_rotation_and_zoom_and_adds_only_what_the_view_shows(double degrees, double scale)
    {
        float[] sum = Noise(seed: 6);
        float[] before = [.. sum];
        float[] count = new float[sum.Length];
        ViewTransform back = new ViewTransform(degrees, scale, Size).Inverse;

        back.AddInside(s_image, sum);
        back.CountInside(count);

        int inside = 0;
        for (int i = 0; i < sum.Length; i++)
        {
            // The way back turns the other way and zooms by the reciprocal.
            (double x, double y) = Source(i, -degrees, 1 / scale);
            double gap = Math.Min(Math.Min(x, y), Size - 1 - Math.Max(x, y));
            if (Math.Abs(gap) < 1e-9)
            {
                continue;
            }

            inside += gap > 0 ? 1 : 0;
            Assert.Equal(gap > 0 ? 1 : 0, count[i]);
            Assert.Equal(before[i] + (gap > 0 ? Interpolate(x, y) : 0), sum[i], 1e-5);
        }

        Assert.InRange(inside, Size * Size / 3, Size * Size);
    }

    // Column and row, relative to the centre, rotated clockwise by the angle and multiplied by the scale.
    private static (double X, double Y) Source(int pixel, double degrees, double scale)
    {
        double centre = (Size - 1) / 2.0;
        double angle = Math.PI * degrees / 180;
        var offset = new System.Numerics.Complex((pixel % Size) - centre, (pixel / Size) - centre);
        System.Numerics.Complex source = offset * System.Numerics.Complex.FromPolarCoordinates(scale, -angle);
        return (source.Real + centre, source.Imaginary + centre);
    }

    // The weights of all pixels, each a product of two triangles; a pixel outside of the image is 0.
    private static double Interpolate(double x, double y)
    {
        double sum = 0;
        for (int i = 0; i < s_image.Length; i++)
        {
            sum += s_image[i] * Math.Max(0, 1 - Math.Abs(x - (i % Size))) * Math.Max(0, 1 - Math.Abs(y - (i / Size)));
        }

        return sum;
    }

    private static float[] Noise(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Size * Size).Select(_ => random.NextSingle())];
    }
}
