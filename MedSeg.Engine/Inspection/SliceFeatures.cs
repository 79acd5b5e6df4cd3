namespace MedSeg.Inspection;

/// <summary>Measurements of a sample: a coarse picture of its image, and the features of its ROIs.</summary>
internal sealed class SliceFeatures
{
    /// <summary>The number of cells along each side of the coarse picture.</summary>
    public const int GridSide = 16;

    /// <summary>The number of features of an ROI.</summary>
    public const int FeatureCount = (int)RoiFeature.Brightness + 1;

    // The shape of fewer pixels cannot be compared.
    private const int MinimumPixels = 4;

    private readonly double[]?[] _features;

    private SliceFeatures(float[] grid, double mean, double deviation, double[]?[] features)
    {
        Grid = grid;
        Mean = mean;
        Deviation = deviation;
        _features = features;
    }

    /// <summary>Gets the means of 16 × 16 cells, in standard deviations from the image's mean; zeros if the image is constant.</summary>
    public float[] Grid { get; }

    /// <summary>Gets the mean of the image.</summary>
    public double Mean { get; }

    /// <summary>Gets the standard deviation of the image; 0 if it is constant.</summary>
    public double Deviation { get; }

    /// <summary>Gets the features of an ROI, indexed by <see cref="RoiFeature"/>. Features that are not defined are NaN; null if the slice does not have the ROI.</summary>
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
            features[k] = moments[k].Pixels < MinimumPixels ? null : Describe(moments[k], body, isGroup ? all : default, size, mean, deviation);
        }

        return new SliceFeatures(Picture(image, size), mean, deviation, features);
    }

    /// <summary>Computes only the coarse picture.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="size">The side S, a multiple of 16.</param>
    /// <returns>The same as <see cref="Grid"/>.</returns>
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

        // Rounding alone can give a constant image a standard deviation of this size.
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

    // The foreground by Otsu's threshold; the whole image if it is constant.
    private static Moments Body(float[] image, int size)
    {
        var threshold = OtsuThreshold.Of(image);
        Moments body = default;
        for (int i = 0; i < image.Length; i++)
        {
            if (threshold.IsForeground(image[i]))
            {
                body.Add((i % size) + 0.5, (i / size) + 0.5, 0);
            }
        }

        return body;
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
}
