using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Network.UNet;

namespace MedSeg.Network;

/// <summary>What is known of each architecture without a network, and without torch.</summary>
internal static class NetworkLayouts
{
    /// <summary>Lists the parameters of a network, in the order of its state dictionary.</summary>
    /// <param name="options">The options of the network.</param>
    public static IReadOnlyList<ParameterShape> Parameters(NetworkOptions options) =>
        options.Architecture == NetworkArchitecture.UNet ? UNetLayout.Parameters(options) : PyramidLayout.Parameters(options);

    /// <summary>Returns the geometry of a layer.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="layer">The name of the layer: that of its parameters without the last part.</param>
    public static LayerGeometry Geometry(NetworkOptions options, string layer) =>
        options.Architecture == NetworkArchitecture.UNet ? UNetLayout.Geometry(options, layer) : PyramidLayout.Geometry(options, layer);

    /// <summary>Counts the trainable values of a network.</summary>
    /// <param name="options">The options of the network.</param>
    /// <returns>The number of values; 6,368,414 for the pyramid with S = 256 and K = 6.</returns>
    public static long CountParameters(NetworkOptions options) => Parameters(options).Sum(p => p.Length);

    /// <summary>Returns whether a parameter's shape depends on the number of ROIs.</summary>
    /// <param name="architecture">The architecture of the network.</param>
    /// <param name="parameter">The name of the parameter.</param>
    public static bool DependsOnRois(NetworkArchitecture architecture, string parameter) =>
        architecture == NetworkArchitecture.UNet ? UNetLayout.DependsOnRois(parameter) : PyramidLayout.DependsOnRois(parameter);
}
