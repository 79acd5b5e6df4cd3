using System.Globalization;
using MedSeg.Errors;
using MedSeg.Network.Definition;

namespace MedSeg.Network;

/// <summary>Lists the layers of a network, without torch.</summary>
internal static class NetworkSummary
{
    /// <summary>Lists the layers that have parameters, in the order of the state dictionary.</summary>
    /// <param name="options">The options of the network.</param>
    /// <returns>The layers.</returns>
    /// <exception cref="MedSegException">An option is out of range.</exception>
    public static IReadOnlyList<NetworkLayer> Of(NetworkOptions options) =>
        [.. NetworkLayouts.Parameters(options).GroupBy(parameter => parameter.Name[..parameter.Name.LastIndexOf('.')]).Select(layer => Describe(options, layer.Key, [.. layer]))];

    private static NetworkLayer Describe(NetworkOptions options, string name, ParameterShape[] parameters)
    {
        LayerGeometry geometry = NetworkLayouts.Geometry(options, name);
        long[] shape = parameters[0].Shape;
        return new NetworkLayer
        {
            Name = name,
            Kind = parameters[0].Initial switch
            {
                InitialValue.Slope => "PReLU",
                InitialValue.One => "InstanceNorm",
                _ => Convolution(shape, geometry),
            },
            Channels = (int)(geometry.IsTransposed && shape.Length == 4 ? shape[1] : shape[0]),
            Side = geometry.Side,
            Parameters = parameters.Sum(parameter => parameter.Length),
        };
    }

    private static string Convolution(long[] shape, LayerGeometry geometry)
    {
        string kind = string.Create(CultureInfo.InvariantCulture, $"{(geometry.IsTransposed ? "ConvTranspose" : "Conv")} {shape[2]}×{shape[3]}");
        kind += geometry.Stride > 1 ? string.Create(CultureInfo.InvariantCulture, $", stride {geometry.Stride}") : string.Empty;
        return kind + (geometry.Dilation > 1 ? string.Create(CultureInfo.InvariantCulture, $", dilation {geometry.Dilation}") : string.Empty);
    }
}
