namespace MedSeg.Inference;

/// <summary>Turns and scales a square picture about its centre, bilinear.</summary>
internal sealed class ViewTransform
{
    private readonly double _cos;
    private readonly double _sin;
    private readonly int _size;

    /// <summary>Initializes a new instance of the <see cref="ViewTransform"/> class.</summary>
    /// <param name="degrees">The angle.</param>
    /// <param name="scale">The size of a pixel of the result in pixels of the source.</param>
    /// <param name="size">The side S.</param>
    public ViewTransform(double degrees, double scale, int size)
    {
        _cos = scale * Math.Cos(degrees * Math.PI / 180);
        _sin = scale * Math.Sin(degrees * Math.PI / 180);
        _size = size;
        Inverse = new ViewTransform(this);
    }

    private ViewTransform(ViewTransform forth)
    {
        double squares = (forth._cos * forth._cos) + (forth._sin * forth._sin);
        _cos = forth._cos / squares;
        _sin = -forth._sin / squares;
        _size = forth._size;
        Inverse = forth;
    }

    /// <summary>Gets the way back.</summary>
    public ViewTransform Inverse { get; }

    /// <summary>Resamples a picture; zero outside, as in training.</summary>
    public void Resample(ReadOnlySpan<float> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            (double x, double y) = From(i);
            target[i] = Bilinear(source, x, y);
        }
    }

    /// <summary>Adds a resampled picture where its source has all four pixels.</summary>
    public void AddInside(ReadOnlySpan<float> source, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            (double x, double y) = From(i);
            sum[i] += IsInside(x, y) ? Bilinear(source, x, y) : 0;
        }
    }

    /// <summary>Adds 1 where <see cref="AddInside"/> adds.</summary>
    public void CountInside(Span<float> count)
    {
        for (int i = 0; i < count.Length; i++)
        {
            (double x, double y) = From(i);
            count[i] += IsInside(x, y) ? 1 : 0;
        }
    }

    private (double X, double Y) From(int pixel)
    {
        double middle = (_size - 1) / 2.0;
        double u = (pixel % _size) - middle;
        double v = (pixel / _size) - middle;
        return ((_cos * u) + (_sin * v) + middle, (_cos * v) - (_sin * u) + middle);
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
