namespace MedSeg.Benchmarks;

/// <summary>The shape of a 3 × 3 convolution.</summary>
/// <param name="Side">The rows and columns of the images.</param>
/// <param name="Inputs">The channels that are read.</param>
/// <param name="Outputs">The channels that are computed.</param>
/// <param name="Dilation">The dilation.</param>
internal sealed record ConvolutionShape(int Side, int Inputs, int Outputs, int Dilation)
{
    /// <summary>Lists the 3 × 3 convolutions of both stages of the published network, each once.</summary>
    /// <param name="size">The side S of the input.</param>
    /// <param name="roiCount">The number of ROIs.</param>
    /// <returns>The shapes, with how often the network has each.</returns>
    public static IReadOnlyList<(ConvolutionShape Shape, int Count)> OfNetwork(int size, int roiCount) =>
        [.. OfStage(size / 2, size, 1).Concat(OfStage(size, size, roiCount + 2)).GroupBy(shape => shape).Select(group => (group.Key, group.Count()))];

    /// <summary>Counts the multiplications of a direct convolution, each with an addition.</summary>
    /// <param name="images">The number of images.</param>
    public double MultiplyAdds(int images) => 9.0 * images * Side * Side * Inputs * Outputs;

    /// <inheritdoc/>
    public override string ToString() => $"{Inputs}→{Outputs} at {Side}×{Side}{(Dilation > 1 ? $", dilation {Dilation}" : "")}";

    // See PyramidLayout. Widths follow the size of the input, sides are those of the stage.
    private static IEnumerable<ConvolutionShape> OfStage(int side, int size, int inputs)
    {
        int[] c = [.. Enumerable.Range(0, 5).Select(level => size / 16 << level)];
        yield return new ConvolutionShape(side, inputs, c[0], 1);
        yield return new ConvolutionShape(side / 2, c[1], c[1], 1);
        yield return new ConvolutionShape(side / 2, c[1], c[1], 1);
        foreach (int dilation in (int[])[1, 2, 4])
        {
            yield return new ConvolutionShape(side / 4, c[2], c[2], dilation);
        }

        foreach (int dilation in (int[])[3, 4, 5])
        {
            yield return new ConvolutionShape(side / 8, c[3], c[3], dilation);
        }

        yield return new ConvolutionShape(side / 8, c[3], c[4], 1);
        yield return new ConvolutionShape(side / 8, c[3], c[4], 1);
        yield return new ConvolutionShape(side / 8, c[4], c[4], 1);
        yield return new ConvolutionShape(side / 8, c[4], c[4], 1);
        yield return new ConvolutionShape(side / 4, c[3] + c[2], c[3], 1);
        yield return new ConvolutionShape(side / 4, c[3], c[3], 1);
        yield return new ConvolutionShape(side / 4, c[3], c[3], 1);
        yield return new ConvolutionShape(side / 2, c[2] + c[1], c[2], 1);
        yield return new ConvolutionShape(side / 2, c[2], c[2], 1);
        yield return new ConvolutionShape(side, c[1] + c[0], c[1], 1);
    }
}
