using MedSeg.Devices;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Pyramid;
using MedSeg.Network.UNet;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>Networks that are computed in each way there is.</summary>
internal static class NetworkPaths
{
    public static SegmentationNetwork Create(NetworkOptions options, ComputedBy by)
    {
        Assert.SkipWhen(by == ComputedBy.Cpu && !CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernel: it has no AVX2 and FMA.");
        LayerOperations? operations = by == ComputedBy.Torch ? new LayerOperations() : null;
        return options.Architecture == NetworkArchitecture.UNet
            ? new UNetNetwork(options, torch.CPU, operations) { UsesKernel = by == ComputedBy.Cpu }
            : new PyramidNetwork(options, torch.CPU, operations) { UsesKernel = by == ComputedBy.Cpu };
    }
}
