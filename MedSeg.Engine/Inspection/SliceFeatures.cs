namespace MedSeg.Inspection;

/// <summary>What is measured of a sample: its body, a coarse picture, and the features of its ROIs.</summary>
internal sealed class SliceFeatures
{
    /// <summary>The cells of a side of the coarse picture.</summary>
    public const int GridSide = 16;

    /// <summary>The number of features of an ROI.</summary>
    public const int FeatureCount = (int)RoiFeature.Brightness + 1;

    // Fewer pixels have no shape that could be compared.
    private const int LeastPixels = 4;

    private readonly double[]?[] _features;

    private SliceFeatures(float[] grid, double mean, double deviation, double[]?[] features)
    {
        Grid = grid;
        Mean = mean;
        Deviation = deviation;
        _features = features;
    }

    /// <summary>Gets the means of 16 × 16 cells, in standard deviations from the image's mean; zeros where the image is constant.</summary>
    public float[] Grid { get; }

    /// <summary>Gets the mean of the image.</summary>
    public double Mean { get; }

    /// <summary>Gets the standard deviation of the image; 0 where it is constant.</summary>
    public double Deviation { get; }

    /// <summary>Gets the features of an ROI by <see cref="RoiFeature"/>, not a number where one cannot be told; null where the slice lacks the ROI.</summary>
    public double[]? this[int roi] => _features[roi];

    /// <summary>Measures a sample.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="size">The side S, a multiple of 16.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    public static SliceFeatures Of(float[] image, byte[] roi, int size, int roiCount)
    {
        (double mean, double deviation) = Spread(image);
        var moments = new Moments[roiCount + 1];
        for (int i = 0; i < roi.Length; i++)
        {
            if (roi[i] != 0)
            {
                moments[roi[i]].Add((i % size) + 0.5, (i / size) + 0.5, image[i]);
            }
        }

        Moments body = Body(image, size);
        Moments all = default;
        foreach (Moments one in moments.AsSpan(1))
        {
            all.Add(one);
        }

        bool isGroup = moments.Count(m => m.Pixels > 0) > 1;
        double[]?[] features = new double[roiCount + 1][];
        for (int k = 1; k <= roiCount; k++)
        {
            features[k] = moments[k].Pixels < LeastPixels ? null : Describe(moments[k], body, isGroup ? all : default, size, mean, deviation);
        }

        return new SliceFeatures(Picture(image, size), mean, deviation, features);
    }

    /// <summary>Makes the coarse picture alone.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="size">The side S, a multiple of 16.</param>
    /// <returns>As <see cref="Grid"/>.</returns>
    public static float[] Picture(float[] image, int size)
    {
        (double mean, double deviation) = Spread(image);
        return deviation == 0 ? new float[GridSide * GridSide] : Coarse(image, size, mean, deviation);
    }

    private static (double Mean, double Deviation) Spread(float[] image)
    {
        double sum = 0;
        double squares = 0;
        foreach (float value in image)
        {
            sum += value;
            squares += (double)value * value;
        }

        double mean = sum / image.Length;
        double deviation = Math.Sqrt(Math.Max(0, (squares / image.Length) - (mean * mean)));

        // Rounding alone gives a constant image a deviation of this order.
        return (mean, deviation <= 1e-6 * Math.Max(1, Math.Abs(mean)) ? 0 : deviation);
    }

    private static double[] Describe(in Moments roi, in Moments body, in Moments group, int size, double mean, double deviation)
    {
        double bodyRadius = Math.Sqrt(body.Pixels / Math.PI);
        double groupRadius = group.Pixels > 0 ? Math.Sqrt(group.VarianceX + group.VarianceY) : double.NaN;
        (double longer, double shorter) = roi.Axes();
        return
        [
            roi.X / size,
            roi.Y / size,
            (roi.X - body.X) / bodyRadius,
            (roi.Y - body.Y) / bodyRadius,
            group.Pixels > 0 ? (roi.X - group.X) / groupRadius : double.NaN,
            group.Pixels > 0 ? (roi.Y - group.Y) / groupRadius : double.NaN,
            Math.Log(roi.Pixels / body.Pixels),
            group.Pixels > 0 ? Math.Log(roi.Pixels / group.Pixels) : double.NaN,
            Math.Log(longer / shorter),
            deviation > 0 ? ((roi.Values / roi.Pixels) - mean) / deviation : double.NaN,
        ];
    }

    // What is brighter than Otsu's threshold (1979); the whole image where it is constant.
    private static Moments Body(float[] image, int size)
    {
        const int bins = 64;
        (float low, float high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in image)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        double scale = high > low ? bins / ((double)high - low) : 0;
        Span<int> histogram = stackalloc int[bins];
        histogram.Clear();
        foreach (float value in image)
        {
            histogram[Math.Min(bins - 1, (int)((value - low) * scale))]++;
        }

        int threshold = scale > 0 ? Otsu(histogram, image.Length) : 0;
        Moments body = default;
        for (int i = 0; i < image.Length; i++)
        {
            if (Math.Min(bins - 1, (int)((image[i] - low) * scale)) >= threshold)
            {
                body.Add((i % size) + 0.5, (i / size) + 0.5, 0);
            }
        }

        return body;
    }

    private static int Otsu(ReadOnlySpan<int> histogram, int total)
    {
        double sum = 0;
        for (int bin = 0; bin < histogram.Length; bin++)
        {
            sum += (double)bin * histogram[bin];
        }

        double below = 0;
        double sumBelow = 0;
        double best = -1;
        int threshold = 0;
        for (int bin = 0; bin < histogram.Length - 1; bin++)
        {
            below += histogram[bin];
            sumBelow += (double)bin * histogram[bin];
            double above = total - below;
            if (below > 0 && above > 0)
            {
                double difference = (sumBelow / below) - ((sum - sumBelow) / above);
                double between = below * above * difference * difference;
                if (between > best)
                {
                    best = between;
                    threshold = bin + 1;
                }
            }
        }

        return threshold;
    }

    private static float[] Coarse(float[] image, int size, double mean, double deviation)
    {
        int cell = size / GridSide;
        float[] grid = new float[GridSide * GridSide];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                grid[(y / cell * GridSide) + (x / cell)] += image[(y * size) + x];
            }
        }

        for (int i = 0; i < grid.Length; i++)
        {
            grid[i] = (float)(((grid[i] / (cell * cell)) - mean) / deviation);
        }

        return grid;
    }

    private struct Moments
    {
        private double _x;
        private double _y;
        private double _xx;
        private double _yy;
        private double _xy;

        public double Pixels { get; private set; }

        public double Values { get; private set; }

        public readonly double X => _x / Pixels;

        public readonly double Y => _y / Pixels;

        // A pixel is a square, whose own variance is a twelfth.
        public readonly double VarianceX => Math.Max(0, (_xx / Pixels) - (X * X)) + (1 / 12.0);

        public readonly double VarianceY => Math.Max(0, (_yy / Pixels) - (Y * Y)) + (1 / 12.0);

        public void Add(double x, double y, double value)
        {
            Pixels++;
            Values += value;
            _x += x;
            _y += y;
            _xx += x * x;
            _yy += y * y;
            _xy += x * y;
        }

        public void Add(in Moments other)
        {
            Pixels += other.Pixels;
            Values += other.Values;
            _x += other._x;
            _y += other._y;
            _xx += other._xx;
            _yy += other._yy;
            _xy += other._xy;
        }

        public readonly (double Longer, double Shorter) Axes()
        {
            double covariance = (_xy / Pixels) - (X * Y);
            double middle = (VarianceX + VarianceY) / 2;
            double root = Math.Sqrt((Math.Pow(VarianceX - VarianceY, 2) / 4) + (covariance * covariance));
            return (Math.Sqrt(middle + root), Math.Sqrt(Math.Max(1 / 12.0, middle - root)));
        }
    }
}
