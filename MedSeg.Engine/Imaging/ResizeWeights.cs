namespace MedSeg.Imaging;

/// <summary>
/// The weights of a filter along one axis: each pixel of the result is a weighted mean of pixels of the source. The centre of pixel i is
/// at i + 0.5. Pixels beyond the edge have no weight, and the weights sum to 1. If the axis shrinks by a factor f, a triangle extends f
/// pixels to each side, so that no pixel is skipped, and an area f / 2 pixels. Otherwise both are linear interpolation.
/// </summary>
internal sealed class ResizeWeights
{
    private readonly int[] _first;
    private readonly float[] _weights;
    private readonly int[] _count;
    private readonly int _stride;

    /// <summary>Initializes a new instance of the <see cref="ResizeWeights"/> class: a triangle.</summary>
    /// <param name="source">The length of the source, in pixels.</param>
    /// <param name="target">The length of the result, in pixels.</param>
    public ResizeWeights(int source, int target)
        : this(source, target, new AxisWindow(0, source), shift: 0)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="ResizeWeights"/> class: a triangle, for a source of which only a part is known.</summary>
    /// <param name="source">The length of the source, in pixels.</param>
    /// <param name="target">The length of the result, in pixels.</param>
    /// <param name="known">The known pixels of the source. Pixels of the result whose centres are beyond them have no weights.</param>
    /// <param name="shift">How far the content of the result is moved towards its end, in pixels of the result.</param>
    public ResizeWeights(int source, int target, AxisWindow known, double shift)
        : this(source, target, known, shift, Triangle)
    {
    }

    private ResizeWeights(int source, int target, AxisWindow known, double shift, Func<double, double, double> weightAt)
    {
        double scale = (double)source / target;
        double reach = Math.Max(scale, 1);
        _stride = (int)Math.Ceiling(reach) * 2 + 1;
        _first = new int[target];
        _count = new int[target];
        _weights = new float[target * _stride];
        double[] weights = new double[_stride];
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5 - shift) * scale;
            bool isUnknown = (known.First > 0 && centre < known.First) || (known.End < source && centre > known.End);
            if (!isUnknown)
            {
                Fill(i, centre, reach, known, weights, weightAt);
            }
        }
    }

    /// <summary>Returns the weights of an area: the share that each pixel of the source has of a pixel of the result.</summary>
    /// <param name="source">The length of the source, in pixels.</param>
    /// <param name="target">The length of the result, in pixels.</param>
    public static ResizeWeights OfArea(int source, int target) => new(source, target, new AxisWindow(0, source), shift: 0, Overlap);

    /// <summary>Returns the first pixel of the source that contributes to a pixel of the result.</summary>
    /// <param name="target">The pixel of the result.</param>
    /// <returns>The index in the source.</returns>
    public int First(int target) => _first[target];

    /// <summary>Returns the weights of the source pixels, starting at <see cref="First"/>.</summary>
    /// <param name="target">The pixel of the result.</param>
    /// <returns>The weights; none where the source is not known.</returns>
    public ReadOnlySpan<float> Of(int target) => _weights.AsSpan(target * _stride, _count[target]);

    private static double Triangle(double distance, double reach) => Math.Max(0, 1 - (Math.Abs(distance) / reach));

    // Of a pixel with an interval of that length.
    private static double Overlap(double distance, double length) => Math.Clamp((length + 1) / 2 - Math.Abs(distance), 0, 1);

    private void Fill(int index, double centre, double reach, AxisWindow known, double[] weights, Func<double, double, double> weightAt)
    {
        int first = Math.Max(known.First, (int)(centre - reach + 0.5));
        int last = Math.Min(known.End, (int)(centre + reach + 0.5));
        double sum = 0;
        for (int j = first; j < last; j++)
        {
            weights[j - first] = weightAt(j + 0.5 - centre, reach);
            sum += weights[j - first];
        }

        for (int j = 0; j < last - first; j++)
        {
            _weights[(index * _stride) + j] = (float)(weights[j] / sum);
        }

        _first[index] = first;
        _count[index] = last - first;
    }
}
