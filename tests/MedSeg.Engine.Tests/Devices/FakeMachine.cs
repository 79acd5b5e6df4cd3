using MedSeg.Devices;

namespace MedSeg.Tests.Devices;

/// <summary>Machines that are not here.</summary>
internal static class FakeMachine
{
    public static readonly NvidiaGpu Large = new("NVIDIA RTX A4000", 16L << 30, 4L << 30);
    public static readonly NvidiaGpu Small = new("NVIDIA T400", 4L << 30, 1L << 30);

    /// <summary>Makes a machine with a working driver.</summary>
    /// <param name="torchCards">How many cards torch can use.</param>
    /// <param name="backend">What MedSeg was built with.</param>
    /// <param name="cards">The driver's cards.</param>
    public static Machine With(int torchCards, string backend, params NvidiaGpu[] cards) => new()
    {
        Processor = "Some Processor",
        Cores = 8,
        Memory = new MemoryAmount(1000, 400),
        Nvidia = new NvidiaDriver { Cards = cards, IsInstalled = true, Version = "550.54.15 (CUDA 12.4)" },
        TorchVersion = "2.10.0",
        TorchBackend = backend,
        Threads = 4,
        TorchCards = torchCards,
    };

    /// <summary>Makes a machine without cards.</summary>
    /// <param name="backend">What MedSeg was built with.</param>
    /// <param name="problem">Why there are none.</param>
    /// <param name="isInstalled">Whether there is a driver.</param>
    public static Machine Without(string backend, string problem, bool isInstalled) =>
        With(0, backend) with { Nvidia = new NvidiaDriver { Problem = problem, IsInstalled = isInstalled } };
}
