using System.Globalization;

namespace MedSeg.Devices;

/// <summary>A device of this machine: the CPU or an NVIDIA GPU.</summary>
public sealed record DeviceInfo
{
    /// <summary>Gets the name that -Device accepts: cpu or cuda:n.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the product name of the CPU or GPU.</summary>
    public required string Description { get; init; }

    /// <summary>Gets the total memory of the machine or the GPU in bytes; null if it is not known.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Gets the memory that all programs together use, in bytes; null if it is not known.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Gets the free memory in bytes; null if it is not known.</summary>
    public long? MemoryFree => MemoryTotal - MemoryUsed;

    /// <summary>Gets a value indicating whether this MedSeg can compute on the device.</summary>
    public required bool IsUsable { get; init; }

    /// <summary>Gets a value indicating whether Auto would choose this device. This is true for exactly one device.</summary>
    public required bool IsAutoChoice { get; init; }

    /// <summary>Gets what is wrong and what to do about it; null if nothing is wrong.</summary>
    public string? Remark { get; init; }

    /// <summary>Gets the number of logical processors that MedSeg may use; null for a GPU.</summary>
    public int? Cores { get; init; }

    /// <summary>Gets the number of threads that share the arithmetic, of torch or of MedSeg; null for a GPU.</summary>
    public int? Threads { get; init; }

    /// <summary>Gets the version of the GPU's driver and the newest CUDA version that it supports, for example 550.54.15 (CUDA 12.4); null if it is not known.</summary>
    public string? DriverVersion { get; init; }

    /// <summary>Gets NVIDIA's number of what the GPU can do, for example 8.6; null for the CPU, or if it is not known.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>Gets the version of torch that is loaded.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Gets the torch backend of this build: cpu, cuda-windows or cuda-linux.</summary>
    public required string TorchBackend { get; init; }

    /// <summary>Lists the CPU and the NVIDIA GPUs, including GPUs that this build cannot use.</summary>
    /// <returns>The CPU, followed by the GPUs.</returns>
    public static IReadOnlyList<DeviceInfo> List() => List(Machine.Read());

    /// <summary>Lists the devices of a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <returns>The CPU, followed by the GPUs.</returns>
    internal static IReadOnlyList<DeviceInfo> List(Machine machine)
    {
        int gpus = Math.Max(machine.TorchGpus, machine.Nvidia.Gpus.Count);
        return [Cpu(machine), .. Enumerable.Range(0, gpus).Select(i => Gpu(machine, i))];
    }

    private static DeviceInfo Cpu(Machine machine) => new()
    {
        Name = "cpu",
        Description = machine.CpuName,
        MemoryTotal = machine.Memory.Total,
        MemoryUsed = machine.Memory.Used,
        IsUsable = true,
        IsAutoChoice = machine.TorchGpus == 0,

        Remark = WhyNoGpu(machine),
        Cores = machine.Cores,
        Threads = machine.Threads,
        TorchVersion = machine.TorchVersion,
        TorchBackend = machine.TorchBackend,
    };

    // A GPU that its driver does not offer is not listed, so it cannot have a remark of its own. Who built for CUDA expects one.
    private static string? WhyNoGpu(Machine machine) => machine switch
    {
        { TorchGpus: 0, Nvidia: { IsInstalled: true, Problem: { } problem } } => $"No GPU is listed: {problem}.",
        { TorchGpus: 0, TorchBackend: not Machine.CpuOnly, Nvidia.Problem: { } problem } => $"No GPU is listed: {problem}. Install the NVIDIA driver.",
        _ => null,
    };

    private static DeviceInfo Gpu(Machine machine, int index)
    {
        NvidiaGpu? gpu = machine.Nvidia.Gpus.ElementAtOrDefault(index);
        bool isUsable = index < machine.TorchGpus;
        (string Reason, string Advice) whyNot = machine.WhyNotUsed(gpu);
        return new DeviceInfo
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"cuda:{index}"),
            Description = gpu?.Name ?? "CUDA GPU",
            MemoryTotal = gpu?.MemoryTotal,
            MemoryUsed = gpu?.MemoryUsed,
            IsUsable = isUsable,
            IsAutoChoice = isUsable && index == 0,
            Remark = !isUsable ? $"{whyNot.Reason} {whyNot.Advice}"
                : machine.WhyTooOld(gpu) is { } old ? $"{old.Reason} {old.Advice}"
                : gpu?.MemoryUsed is null ? "The NVIDIA driver does not report the memory in use."
                : null,
            ComputeCapability = gpu?.ComputeCapability?.ToString(),
            DriverVersion = machine.Nvidia.Version,
            TorchVersion = machine.TorchVersion,
            TorchBackend = machine.TorchBackend,
        };
    }
}
