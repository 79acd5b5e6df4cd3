using TorchSharp;

namespace MedSeg.Tensors;

/// <summary>Copies from the host to the device that computes.</summary>
internal static class DeviceCopy
{
    /// <summary>Brings a tensor to a device. To a card the copy goes on while the processor does other things, from memory that stays where it is.</summary>
    /// <param name="host">A tensor on the host.</param>
    /// <param name="device">The device.</param>
    /// <returns>The tensor there.</returns>
    public static torch.Tensor Bring(torch.Tensor host, torch.Device device) =>
        device.type == DeviceType.CUDA ? host.pin_memory().to(device, non_blocking: true) : host.to(device);
}
