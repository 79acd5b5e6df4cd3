using System.Globalization;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>Chooses the device that computes.</summary>
internal static class DeviceSelection
{
    /// <summary>Turns a device's name into a device.</summary>
    /// <param name="name">auto, cpu, cuda or cuda:n; upper or lower case.</param>
    /// <returns>The device.</returns>
    /// <exception cref="MedSegException">The name is unknown, or CUDA is asked for and not there.</exception>
    public static torch.Device Resolve(string name)
    {
        string lower = name.ToLowerInvariant();
        if (lower == "cpu" || (lower == "auto" && !torch.cuda_is_available()))
        {
            return torch.CPU;
        }

        if (lower is "auto" or "cuda")
        {
            lower = "cuda:0";
        }

        if (!lower.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(lower[5..], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "DeviceUnknown", $"'{name}' is no device; give Auto, Cpu, Cuda or Cuda:n.");
        }

        int count = torch.cuda_is_available() ? torch.cuda.device_count() : 0;
        return index < count
            ? torch.device(DeviceType.CUDA, index)
            : throw new MedSegException(ErrorKind.Device, "CudaNotAvailable", $"The device '{name}' was asked for, but {count} CUDA devices are there. Check the NVIDIA driver and that MedSeg was built with -TorchBackend cuda-windows or cuda-linux, or use -Device Cpu.");
    }
}
