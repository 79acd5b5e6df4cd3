using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;

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
    public static IReadOnlyList<(ConvolutionShape Shape, int Count)> OfNetwork(int size, int roiCount)
    {
        var options = NetworkOptions.Published(size, roiCount);
        return [.. PyramidLayout.Parameters(options).Where(parameter => parameter.Shape is [_, _, 3, 3])
            .Select(parameter => Of(parameter.Shape, PyramidLayout.Geometry(options, parameter.Name[..parameter.Name.LastIndexOf('.')])))
            .GroupBy(shape => shape).Select(group => (group.Key, group.Count()))];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Inputs}→{Outputs} at {Side}×{Side}{(Dilation > 1 ? $", dilation {Dilation}" : "")}";

    private static ConvolutionShape Of(long[] weights, LayerGeometry layer) => new(layer.Side, (int)weights[1], (int)weights[0], layer.Dilation);
}
