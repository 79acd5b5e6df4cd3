namespace MedSeg.Inference;

/// <summary>Rotates and scales a square image about its centre, with bilinear interpolation.</summary>
internal sealed class ViewTransform
{
    private readonly double _cos;
    private readonly double _sin;
    private readonly int _size;

    /// <summary>Initializes a new instance of the <see cref="ViewTransform"/> class.</summary>
    /// <param name="degrees">The angle in degrees.</param>
    /// <param name="scale">The size of a result pixel, in source pixels.</param>
    /// <param name="size">The side S.</param>
    public ViewTransform(double degrees, double scale, int size)
    {
        _cos = scale * Math.Cos(degrees * Math.PI / 180);
        _sin = scale * Math.Sin(degrees * Math.PI / 180);
        _size = size;
        Inverse = new ViewTransform(this);
    }

    private ViewTransform(ViewTransform forward)
    {
        double squares = (forward._cos * forward._cos) + (forward._sin * forward._sin);
        _cos = forward._cos / squares;
        _sin = -forward._sin / squares;
        _size = forward._size;
        Inverse = forward;
    }

    /// <summary>Gets the inverse transform.</summary>
    public ViewTransform Inverse { get; }

    /// <summary>Resamples an image; pixels outside of the source are 0, as in training.</summary>
    public void Resample(ReadOnlySpan<float> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            (double x, double y) = SourceOf(i);
            target[i] = Bilinear(source, x, y);
        }
    }

    /// <summary>Adds a resampled image, but only at pixels that lie inside of the source.</summary>
    public void AddInside(ReadOnlySpan<float> source, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            (double x, double y) = SourceOf(i);
            sum[i] += IsInside(x, y) ? Bilinear(source, x, y) : 0;
        }
    }

    /// <summary>Adds 1 at each pixel at which <see cref="AddInside"/> adds.</summary>
    public void CountInside(Span<float> count)
    {
        for (int i = 0; i < count.Length; i++)
        {
            (double x, double y) = SourceOf(i);
            count[i] += IsInside(x, y) ? 1 : 0;
        }
    }

    private (double X, double Y) SourceOf(int pixel)
    {
        double centre = (_size - 1) / 2.0;
        double u = (pixel % _size) - centre;
        double v = (pixel / _size) - centre;
        return ((_cos * u) + (_sin * v) + centre, (_cos * v) - (_sin * u) + centre);
    }

    private bool IsInside(double x, double y) => x >= 0 && y >= 0 && x <= _size - 1 && y <= _size - 1;

    private float Bilinear(ReadOnlySpan<float> image, double x, double y)
    {
        int x0 = (int)Math.Floor(x);
        int y0 = (int)Math.Floor(y);
        float fx = (float)(x - x0);
        float fy = (float)(y - y0);
        float top = ((1 - fx) * At(image, x0, y0)) + (fx * At(image, x0 + 1, y0));
        float bottom = ((1 - fx) * At(image, x0, y0 + 1)) + (fx * At(image, x0 + 1, y0 + 1));
        return ((1 - fy) * top) + (fy * bottom);
    }

    private float At(ReadOnlySpan<float> image, int x, int y) =>
        (uint)x < (uint)_size && (uint)y < (uint)_size ? image[(y * _size) + x] : 0;
}
