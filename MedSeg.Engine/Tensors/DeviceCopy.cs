using TorchSharp;

namespace MedSeg.Tensors;

/// <summary>Copies tensors from the host to a device.</summary>
internal static class DeviceCopy
{
    /// <summary>Copies a tensor to a device. A copy to a GPU is asynchronous, from pinned memory.</summary>
    /// <param name="host">A tensor on the host.</param>
    /// <param name="device">The device.</param>
    /// <returns>The tensor on the device.</returns>
    public static torch.Tensor Bring(torch.Tensor host, torch.Device device) =>
        device.type == DeviceType.CUDA ? host.pin_memory().to(device, non_blocking: true) : host.to(device);
}
