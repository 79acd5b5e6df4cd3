namespace MedSeg.Network.Cpu;

/// <summary>What <see cref="Avx2Conv2d"/> computes at once: a convolution, or one phase of a transposed convolution.</summary>
/// <param name="from">The image that is read.</param>
/// <param name="panels">The weights.</param>
/// <param name="output">What follows the sums.</param>
/// <param name="taps">The number of taps.</param>
internal sealed unsafe class DirectConvolution(ChannelsLastView from, PackedWeights panels, Conv2dOutput output, int taps)
{
    /// <summary>Gets the image that is read.</summary>
    public ChannelsLastView From { get; } = from;

    /// <summary>Gets the weights.</summary>
    public PackedWeights Panels { get; } = panels;

    /// <summary>Gets what follows the sums.</summary>
    public Conv2dOutput Output { get; } = output;

    /// <summary>Gets the number of taps.</summary>
    public int Taps { get; } = taps;

    /// <summary>Gets the row that each tap reads, relative to that of the pixel.</summary>
    public int[] TapRows { get; } = new int[taps];

    /// <summary>Gets the column that each tap reads, relative to that of the pixel.</summary>
    public int[] TapColumns { get; } = new int[taps];

    /// <summary>Gets the number of rows to compute.</summary>
    public int Rows { get; init; }

    /// <summary>Gets the number of columns to compute.</summary>
    public int Columns { get; init; }

    /// <summary>Gets the stride: a pixel to compute reads around its index times the step.</summary>
    public int Step { get; init; }

    /// <summary>Gets the distance between the pixels to compute in the result.</summary>
    public int Spread { get; init; }

    /// <summary>Gets the row of the first pixel in the result.</summary>
    public int SpreadRow { get; init; }

    /// <summary>Gets the column of the first pixel in the result.</summary>
    public int SpreadColumn { get; init; }

    /// <summary>Gets the first of the taps in <see cref="Panels"/>.</summary>
    public int FirstTap { get; init; }

    /// <summary>Gets where the pixels are read: in the image, or in a copy with zeros around it.</summary>
    public PixelSource Source { get; private set; }

    /// <summary>Gets the offset of each tap's values from those of the pixel.</summary>
    public nint* TapMoves { get; private set; }

    /// <summary>Gets zeros, one for each channel.</summary>
    public float* Zeros { get; private set; }

    /// <summary>Gets the rows and columns to compute whose taps are all inside the image.</summary>
    public (int Top, int Bottom, int Left, int Right) Inside { get; private set; }

    /// <summary>Sets where the pixels are read.</summary>
    /// <param name="source">The image, or a copy with zeros around it.</param>
    /// <param name="zeros">Zeros, one for each channel.</param>
    /// <param name="moves">Memory for <see cref="TapMoves"/>.</param>
    public void Prepare(PixelSource source, float* zeros, nint* moves)
    {
        Source = source;
        Zeros = zeros;
        TapMoves = moves;
        Inside = source.IsPadded ? (0, Rows, 0, Columns) : FindInside();
        for (int tap = 0; tap < Taps; tap++)
        {
            TapMoves[tap] = ((TapRows[tap] * (nint)source.Width) + TapColumns[tap]) * source.Stride;
        }
    }

    /// <summary>Returns the rows and columns to compute whose taps are all inside the image.</summary>
    public (int Top, int Bottom, int Left, int Right) FindInside()
    {
        (int top, int bottom) = Range(TapRows, From.Height, Rows);
        (int left, int right) = Range(TapColumns, From.Width, Columns);
        return (top, bottom, left, right);
    }

    private (int First, int End) Range(int[] moves, int length, int count)
    {
        int first = (Math.Max(0, -moves.Min()) + Step - 1) / Step;
        int end = (length - moves.Max() + Step - 1) / Step;
        return (first, Math.Max(first, Math.Min(count, end)));
    }
}
