namespace MedSeg.Augmentation;

/// <summary>
/// The drawn transforms of a batch, as one table with a row for each channel of each sample, which is copied to a device at once. Transforms that are not
/// applied to a sample have a neutral value.
/// </summary>
internal sealed class TransformTable
{
    /// <summary>The first of the six columns of the coefficients of the map (<see cref="AffineMap.ToGrid"/>).</summary>
    public const int Map = 0;

    /// <summary>The column of the noise's standard deviation, relative to that of the slice; 0 for none.</summary>
    public const int Noise = 6;

    /// <summary>The column of the contrast factor; 1 for none.</summary>
    public const int Contrast = 7;

    /// <summary>The column of gamma; 1 for none.</summary>
    public const int Gamma = 8;

    /// <summary>The column of the number of larger pixels along a side, for a lower resolution; S for none.</summary>
    public const int Cells = 9;

    /// <summary>The first of the 2 <see cref="Reach"/> + 1 columns of the weights of the blur.</summary>
    public const int Kernel = 10;

    private readonly int _size;

    /// <summary>Initializes a new instance of the <see cref="TransformTable"/> class.</summary>
    /// <param name="drawn">The drawn transforms of each channel of each sample.</param>
    /// <param name="size">The side S.</param>
    /// <param name="channels">The number C of channels.</param>
    public TransformTable(IReadOnlyList<SampleTransforms> drawn, int size, int channels = 1)
    {
        _size = size;
        Channels = channels;
        float[][] kernels = [.. drawn.Select(d => IntensityAugmentation.Kernel(d.Intensity.BlurSigma ?? 0))];
        Rows = drawn.Count;
        Reach = kernels.Max(k => k.Length) / 2;
        IsMoved = drawn.Any(d => d.IsMoved);
        IsElastic = drawn.Any(d => d.Field is not null);
        HasNoise = drawn.Any(d => d.Intensity.NoiseShare > 0);
        HasContrast = drawn.Any(d => d.Intensity.Contrast is not null);
        HasGamma = drawn.Any(d => d.Intensity.Gamma is not null);
        LongestCell = drawn.Max(d => (size + CellsOf(d) - 1) / CellsOf(d));
        Knots = Kernel + (2 * Reach) + 1;
        Columns = Knots + (IsElastic ? 2 * ElasticField.Knots * ElasticField.Knots : 0);
        Values = new double[Rows * Columns];
        for (int i = 0; i < Rows; i++)
        {
            Fill(Values.AsSpan(i * Columns, Columns), drawn[i], kernels[i]);
        }
    }

    /// <summary>Gets the number B C of rows.</summary>
    public int Rows { get; }

    /// <summary>Gets the number C of channels of each sample: its rows follow each other and move the same way.</summary>
    public int Channels { get; }

    /// <summary>Gets the number of columns.</summary>
    public int Columns { get; }

    /// <summary>Gets the values, row by row.</summary>
    public double[] Values { get; }

    /// <summary>Gets the reach of the widest blur in each direction, in pixels; 0 for none.</summary>
    public int Reach { get; }

    /// <summary>Gets the first column of the shifts of the knots, [2, 7, 7], which exist only if <see cref="IsElastic"/> is true.</summary>
    public int Knots { get; }

    /// <summary>Gets the side of the largest larger pixel, in pixels; 1 for none.</summary>
    public int LongestCell { get; }

    /// <summary>Gets a value indicating whether pixels of any sample are moved.</summary>
    public bool IsMoved { get; }

    /// <summary>Gets a value indicating whether any sample has an elastic deformation.</summary>
    public bool IsElastic { get; }

    /// <summary>Gets a value indicating whether any sample has noise.</summary>
    public bool HasNoise { get; }

    /// <summary>Gets a value indicating whether the contrast of any sample changes.</summary>
    public bool HasContrast { get; }

    /// <summary>Gets a value indicating whether the gamma of any sample changes.</summary>
    public bool HasGamma { get; }

    private int CellsOf(in SampleTransforms drawn) => IntensityAugmentation.CoarseSize(_size, drawn.Intensity.Coarseness ?? 1);

    private void Fill(Span<double> row, in SampleTransforms drawn, float[] kernel)
    {
        drawn.Map.ToGrid(row[Map..Noise]);
        row[Noise] = drawn.Intensity.NoiseShare ?? 0;
        row[Contrast] = drawn.Intensity.Contrast ?? 1;
        row[Gamma] = drawn.Intensity.Gamma ?? 1;
        row[Cells] = CellsOf(drawn);
        int first = Kernel + Reach - (kernel.Length / 2);
        for (int k = 0; k < kernel.Length; k++)
        {
            row[first + k] = kernel[k];
        }

        if (IsElastic)
        {
            drawn.Field?.CopyTo(row[Knots..]);
        }
    }
}
