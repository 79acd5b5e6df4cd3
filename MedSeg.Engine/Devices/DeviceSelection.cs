using System.Globalization;
using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>Chooses the device to compute on.</summary>
internal static class DeviceSelection
{
    /// <summary>Returns the device of a name.</summary>
    /// <param name="name">auto, cpu, cuda or cuda:n; in upper or lower case.</param>
    /// <returns>The device.</returns>
    /// <exception cref="MedSegException"><c>DeviceUnknown</c> or <c>CudaNotAvailable</c>.</exception>
    public static torch.Device Resolve(string name) =>
        GpuIndex(name, Machine.Read) is { } gpu ? torch.device(DeviceType.CUDA, gpu) : torch.CPU;

    /// <summary>Returns the devices of several names.</summary>
    /// <param name="names">The names, separated by commas.</param>
    /// <returns>The devices, in the order of the names.</returns>
    /// <exception cref="MedSegException"><c>DeviceUnknown</c> or <c>CudaNotAvailable</c>.</exception>
    public static IReadOnlyList<torch.Device> ResolveAll(string names) => [.. names.Split(',').Select(Resolve)];

    /// <summary>Returns the device of one of several processes on a machine: each has a GPU of its own, as far as there are as many.</summary>
    /// <param name="name">auto, cpu, cuda or cuda:n; in upper or lower case.</param>
    /// <param name="localRank">The number of the process among those on the machine, from 0.</param>
    /// <returns>The device.</returns>
    /// <exception cref="MedSegException"><c>DeviceUnknown</c> or <c>CudaNotAvailable</c>.</exception>
    public static torch.Device ResolveFor(string name, int localRank) =>
        GpuIndex(name, Machine.Read, localRank) is { } gpu ? torch.device(DeviceType.CUDA, gpu) : torch.CPU;

    /// <summary>Returns the GPU of a name.</summary>
    /// <param name="name">auto, cpu, cuda or cuda:n; in upper or lower case.</param>
    /// <param name="read">Inspects the machine; not called for cpu.</param>
    /// <param name="localRank">Which GPU is taken where the name has no number, counted round from the first.</param>
    /// <returns>The n of cuda:n; null for the CPU.</returns>
    /// <exception cref="MedSegException"><c>DeviceUnknown</c> or <c>CudaNotAvailable</c>.</exception>
    internal static int? GpuIndex(string name, Func<Machine> read, int localRank = 0)
    {
        string lower = name.ToLowerInvariant();
        if (lower == "cpu")
        {
            return null;
        }

        int index = 0;
        if (lower is not ("auto" or "cuda")
            && (!lower.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(lower[5..], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.DeviceUnknown, $"'{name}' is not a device.") { Advice = "Use Auto, Cpu, Cuda or Cuda:n." };
        }

        Machine machine = read();
        if (lower is "auto" or "cuda" && machine.TorchGpus > 0)
        {
            index = localRank % machine.TorchGpus;
        }

        return index < machine.TorchGpus ? index
            : lower == "auto" ? null
            : throw NotAvailable(name, machine, index);
    }

    private static MedSegException NotAvailable(string name, Machine machine, int index)
    {
        (string finding, string advice) = WhatIsThere(machine, index);
        return new MedSegException(ErrorKind.Device, ErrorIds.CudaNotAvailable, $"The device '{name}' is not available: {finding}") { Advice = $"{advice} Or use -Device Cpu." };
    }

    private static (string Finding, string Advice) WhatIsThere(Machine machine, int index)
    {
        (string reason, string remedy) = machine.WhyNotUsed(machine.Nvidia.Gpus.ElementAtOrDefault(index));
        if (index < machine.Nvidia.Gpus.Count)
        {
            return ($"its GPU, {machine.Nvidia.Gpus[index].Name}, cannot be used. {reason}", remedy);
        }

        if (Math.Max(machine.TorchGpus, machine.Nvidia.Gpus.Count) > 0)
        {
            string gpus = string.Join(", ", DeviceInfo.List(machine).Skip(1).Select(gpu => $"{gpu.Name} ({gpu.Description})"));
            return machine.TorchGpus > 0
                ? ($"this machine only has {gpus}.", "Use one of these.")
                : ($"this machine only has {gpus}, which cannot be used. {reason}", remedy);
        }

        string finding = machine.Nvidia.Problem ?? "there is no CUDA GPU";
        const string advice = "Check the GPU and its NVIDIA driver.";
        return machine.TorchBackend == Machine.CpuOnly ? ($"{finding}. {reason}", $"{advice} {remedy}") : ($"{finding}.", advice);
    }
}
