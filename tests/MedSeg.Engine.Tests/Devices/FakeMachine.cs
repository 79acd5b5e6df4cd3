using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

/// <summary>Machines for tests.</summary>
internal static class FakeMachine
{
    public static readonly NvidiaGpu Large = new("NVIDIA RTX A4000", 16L << 30, 4L << 30);
    public static readonly NvidiaGpu Small = new("NVIDIA T400", 4L << 30, 1L << 30);

    /// <summary>Makes a machine with a working driver.</summary>
    /// <param name="torchGpus">The number of GPUs that torch can use.</param>
    /// <param name="backend">The torch backend of the build.</param>
    /// <param name="gpus">The driver's GPUs.</param>
    public static Machine With(int torchGpus, string backend, params NvidiaGpu[] gpus) => new()
    {
        CpuName = "Some Processor",
        Cores = 8,
        Memory = new MemoryAmount(1000, 400),
        Nvidia = new NvidiaDriver { Gpus = gpus, IsInstalled = true, Version = "550.54.15 (CUDA 12.4)" },
        TorchVersion = "2.10.0",
        TorchBackend = backend,
        Threads = 4,
        TorchGpus = torchGpus,
    };

    /// <summary>Makes a machine without GPUs.</summary>
    /// <param name="backend">The torch backend of the build.</param>
    /// <param name="problem">Why there are none.</param>
    /// <param name="isInstalled">Whether there is a driver.</param>
    public static Machine Without(string backend, string problem, bool isInstalled) =>
        With(0, backend) with { Nvidia = new NvidiaDriver { Problem = problem, IsInstalled = isInstalled } };
}
