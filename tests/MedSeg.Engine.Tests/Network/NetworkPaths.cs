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
    public static SegmentationNetwork Create(NetworkOptions options, ComputedBy by, Precision precision = Precision.Float32)
    {
        ConvolutionPath path = by switch
        {
            ComputedBy.CpuDirect => ConvolutionPath.Direct,
            ComputedBy.CpuWinograd => ConvolutionPath.Winograd,
            _ => ConvolutionPath.Torch,
        };
        Assert.SkipWhen(path != ConvolutionPath.Torch && !CpuFeatures.HasOwnConvolutions, "This CPU does not support the kernels: it has no AVX2 and FMA.");
        LayerOperations? operations = by == ComputedBy.Torch ? new LayerOperations() : NarrowOperations.For(precision);
        return options.Architecture == NetworkArchitecture.UNet
            ? new UNetNetwork(options, torch.CPU, operations) { Convolutions = path, LeavesBFloat16ToTorch = false }
            : new PyramidNetwork(options, torch.CPU, operations) { Convolutions = path, LeavesBFloat16ToTorch = false };
    }
}
