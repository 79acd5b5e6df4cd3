using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Pyramid;
using MedSeg.Network.UNet;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>Makes networks.</summary>
internal static class SegmentationNetworks
{
    /// <summary>Makes a network of an architecture.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="device">The device that computes the network.</param>
    /// <param name="operations">The operations that compute the layers; null for torch's own.</param>
    /// <returns>The network, whose parameters are zero.</returns>
    /// <exception cref="MedSegException">The options are out of range.</exception>
    public static SegmentationNetwork Create(NetworkOptions options, Device device, LayerOperations? operations = null) =>
        options.Architecture == NetworkArchitecture.UNet ? new UNetNetwork(options, device, operations) : new PyramidNetwork(options, device, operations);
}
