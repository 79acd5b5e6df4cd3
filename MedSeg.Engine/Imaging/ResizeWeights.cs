using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Imaging;

/// <summary>
/// The weights of a filter along one axis: each pixel of the result is a weighted mean of pixels of the source. The centre of pixel i is
/// at i + 0.5. Pixels beyond the edge have no weight, and the weights sum to 1. If the axis shrinks by a factor f, a triangle extends f
/// pixels to each side, so that no pixel is skipped, and an area f / 2 pixels. Otherwise both are linear interpolation.
/// </summary>
internal sealed class ResizeWeights
{
    // Sizes of which weights are kept: a data set has few, and a slice needs each of them.
    private const int MostKept = 32;
    private static readonly ConcurrentDictionary<(int Source, int Target, bool IsArea), ResizeWeights> s_kept = new();

    private readonly int[] _first;
    private readonly float[] _weights;
    private readonly int[] _count;
    private readonly int _stride;

    // The same weights, [weights of a pixel, pixels of the result], with zeros after the last one.
    private readonly Lazy<float[]> _across;

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

        _across = new Lazy<float[]>(Turn);
    }

    /// <summary>Returns the weights of a triangle.</summary>
    /// <param name="source">The length of the source, in pixels.</param>
    /// <param name="target">The length of the result, in pixels.</param>
    public static ResizeWeights OfTriangle(int source, int target) => Keep(source, target, isArea: false);

    /// <summary>Returns the weights of an area: the share that each pixel of the source has of a pixel of the result.</summary>
    /// <param name="source">The length of the source, in pixels.</param>
    /// <param name="target">The length of the result, in pixels.</param>
    public static ResizeWeights OfArea(int source, int target) => Keep(source, target, isArea: true);

    /// <summary>Returns the first pixel of the source that contributes to a pixel of the result.</summary>
    /// <param name="target">The pixel of the result.</param>
    /// <returns>The index in the source.</returns>
    public int First(int target) => _first[target];

    /// <summary>Returns the weights of the source pixels, starting at <see cref="First"/>.</summary>
    /// <param name="target">The pixel of the result.</param>
    /// <returns>The weights; none where the source is not known.</returns>
    public ReadOnlySpan<float> Of(int target) => _weights.AsSpan(target * _stride, _count[target]);

    /// <summary>Computes consecutive pixels of the result.</summary>
    /// <param name="source">The source, a row of an image.</param>
    /// <param name="first">The first pixel of the result.</param>
    /// <param name="result">Receives the pixels.</param>
    public void Apply(ReadOnlySpan<float> source, int first, Span<float> result)
    {
        int done = Avx2.IsSupported ? ApplyToEight(source, first, result) : 0;
        for (int i = done; i < result.Length; i++)
        {
            ReadOnlySpan<float> weights = Of(first + i);
            ReadOnlySpan<float> values = source.Slice(_first[first + i], weights.Length);
            float sum = 0;
            for (int j = 0; j < weights.Length; j++)
            {
                sum += weights[j] * values[j];
            }

            result[i] = sum;
        }
    }

    private static ResizeWeights Keep(int source, int target, bool isArea)
    {
        if (!s_kept.TryGetValue((source, target, isArea), out ResizeWeights? weights))
        {
            if (s_kept.Count >= MostKept)
            {
                s_kept.Clear();
            }

            weights = new ResizeWeights(source, target, new AxisWindow(0, source), shift: 0, isArea ? Overlap : Triangle);
            s_kept[(source, target, isArea)] = weights;
        }

        return weights;
    }

    // Eight pixels at once, with the same products and sums as one by one. Returns how many were computed.
    private unsafe int ApplyToEight(ReadOnlySpan<float> source, int first, Span<float> result)
    {
        int lanes = Vector256<float>.Count;
        float[] across = _across.Value;
        int count = across.Length / _first.Length;
        int done = 0;
        fixed (float* values = source, weights = across)
        {
            for (; done <= result.Length - lanes; done += lanes)
            {
                int start = _first[first + done];
                float* weight = weights + first + done;

                // As when half of the pixels are left: faster than a gather.
                bool isEverySecond = _first[first + done + lanes - 1] - start == 2 * (lanes - 1) && start + count - 1 + (2 * lanes) <= source.Length;
                Vector256<float> sum = isEverySecond
                    ? SumEverySecond(values + start, weight, count)
                    : Sum(values, Vector256.LoadUnsafe(ref _first[first + done]), Vector256.Create(source.Length - 1), weight, count);
                sum.CopyTo(result[done..]);
            }
        }

        return done;
    }

    private unsafe Vector256<float> SumEverySecond(float* values, float* weights, int count)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int j = 0; j < count; j++)
        {
            Vector256<float> pairs = Avx.Shuffle(Vector256.Load(values + j), Vector256.Load(values + j + Vector256<float>.Count), 0x88);
            sum += Vector256.Load(weights + (j * _first.Length)) * Avx2.Permute4x64(pairs.AsDouble(), 0xD8).AsSingle();
        }

        return sum;
    }

    // Beyond the last weight, a value of the source is multiplied by zero.
    private unsafe Vector256<float> Sum(float* values, Vector256<int> index, Vector256<int> last, float* weights, int count)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int j = 0; j < count; j++)
        {
            Vector256<int> at = Vector256.Min(index + Vector256.Create(j), last);
            sum += Vector256.Load(weights + (j * _first.Length)) * Avx2.GatherVector256(values, at, sizeof(float));
        }

        return sum;
    }

    private float[] Turn()
    {
        int count = _count.Max();
        float[] turned = new float[count * _first.Length];
        for (int i = 0; i < _first.Length; i++)
        {
            for (int j = 0; j < _count[i]; j++)
            {
                turned[(j * _first.Length) + i] = _weights[(i * _stride) + j];
            }
        }

        return turned;
    }

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
