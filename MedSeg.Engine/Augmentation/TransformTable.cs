namespace MedSeg.Augmentation;

/// <summary>
/// What was drawn for the samples of a batch, as one table that goes to a device in one piece: a row a sample. What does not come
/// for a sample has a value that changes nothing.
/// </summary>
internal sealed class TransformTable
{
    /// <summary>The column of the map's six coefficients (<see cref="AffineMap.ToGrid"/>).</summary>
    public const int Map = 0;

    /// <summary>The column of the noise's standard deviation, in those of the slice; 0 for none.</summary>
    public const int Noise = 6;

    /// <summary>The column of the factor of the contrast; 1 for none.</summary>
    public const int Contrast = 7;

    /// <summary>The column of gamma; 1 for none.</summary>
    public const int Gamma = 8;

    /// <summary>The column of the number of cells of a side, for a lower resolution; S for none.</summary>
    public const int Cells = 9;

    /// <summary>The column of the weights of the blur, of which there are 2 <see cref="Reach"/> + 1.</summary>
    public const int Kernel = 10;

    private readonly int _size;

    /// <summary>Initializes a new instance of the <see cref="TransformTable"/> class.</summary>
    /// <param name="drawn">What was drawn for each sample.</param>
    /// <param name="size">The side S.</param>
    public TransformTable(IReadOnlyList<SampleTransforms> drawn, int size)
    {
        _size = size;
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

    /// <summary>Gets the number of samples.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of columns.</summary>
    public int Columns { get; }

    /// <summary>Gets the values, row by row.</summary>
    public double[] Values { get; }

    /// <summary>Gets the reach of the widest blur to either side, in pixels; 0 for none.</summary>
    public int Reach { get; }

    /// <summary>Gets the column of the shifts of the knots, [2, 7, 7]; they are there only where <see cref="IsElastic"/>.</summary>
    public int Knots { get; }

    /// <summary>Gets the pixels of a side of the largest cell; 1 for none.</summary>
    public int LongestCell { get; }

    /// <summary>Gets a value indicating whether pixels of any sample go elsewhere.</summary>
    public bool IsMoved { get; }

    /// <summary>Gets a value indicating whether any sample has an elastic deformation.</summary>
    public bool IsElastic { get; }

    /// <summary>Gets a value indicating whether any sample has noise.</summary>
    public bool HasNoise { get; }

    /// <summary>Gets a value indicating whether any sample has another contrast.</summary>
    public bool HasContrast { get; }

    /// <summary>Gets a value indicating whether any sample has another gamma.</summary>
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
