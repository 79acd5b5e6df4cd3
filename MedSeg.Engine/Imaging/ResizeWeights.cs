namespace MedSeg.Imaging;

/// <summary>
/// The weights of a triangle filter along one axis: each pixel of the result is a weighted mean of pixels of the source.
/// If the axis shrinks by a factor f, the triangle extends f pixels to each side, so that no pixel is skipped; otherwise
/// it is linear interpolation. The centre of pixel i is at i + 0.5. Pixels beyond the edge have no weight, and the
/// weights sum to 1.
/// </summary>
internal sealed class ResizeWeights
{
    private readonly int[] _first;
    private readonly float[] _weights;
    private readonly int[] _count;
    private readonly int _stride;

    /// <summary>Initializes a new instance of the <see cref="ResizeWeights"/> class.</summary>
    /// <param name="source">The length of the source, in pixels.</param>
    /// <param name="target">The length of the result, in pixels.</param>
    public ResizeWeights(int source, int target)
    {
        double scale = (double)source / target;
        double reach = Math.Max(scale, 1);
        _stride = (int)Math.Ceiling(reach) * 2 + 1;
        _first = new int[target];
        _count = new int[target];
        _weights = new float[target * _stride];
        double[] triangle = new double[_stride];
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - reach + 0.5));
            int last = Math.Min(source, (int)(centre + reach + 0.5));
            double sum = 0;
            for (int j = first; j < last; j++)
            {
                double weight = Math.Max(0, 1 - (Math.Abs(j + 0.5 - centre) / reach));
                triangle[j - first] = weight;
                sum += weight;
            }

            for (int j = 0; j < last - first; j++)
            {
                _weights[(i * _stride) + j] = (float)(triangle[j] / sum);
            }

            _first[i] = first;
            _count[i] = last - first;
        }
    }

    /// <summary>Returns the first pixel of the source that contributes to a pixel of the result.</summary>
    /// <param name="target">The pixel of the result.</param>
    /// <returns>The index in the source.</returns>
    public int First(int target) => _first[target];

    /// <summary>Returns the weights of the source pixels, starting at <see cref="First"/>.</summary>
    /// <param name="target">The pixel of the result.</param>
    /// <returns>The weights.</returns>
    public ReadOnlySpan<float> Of(int target) => _weights.AsSpan(target * _stride, _count[target]);
}
