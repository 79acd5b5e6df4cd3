using System.Reflection;
using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>What this machine can compute with.</summary>
internal sealed record Machine
{
    /// <summary>The <see cref="TorchBackend"/> of a build without CUDA.</summary>
    public const string ProcessorOnly = "cpu";

    /// <summary>Gets the processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>Gets the number of logical processors that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Gets the machine's memory.</summary>
    public required MemoryAmount Memory { get; init; }

    /// <summary>Gets what the NVIDIA driver tells.</summary>
    public required NvidiaDriver Nvidia { get; init; }

    /// <summary>Gets the version of torch.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Gets what MedSeg was built with: cpu, cuda-windows or cuda-linux.</summary>
    public required string TorchBackend { get; init; }

    /// <summary>Gets the number of threads that share the arithmetic on the processor, torch's or MedSeg's own.</summary>
    public required int Threads { get; init; }

    /// <summary>Gets the number of cards that torch can use: the first of CUDA's order.</summary>
    public required int TorchCards { get; init; }

    /// <summary>Looks at this machine. Loads torch.</summary>
    /// <returns>What it is now.</returns>
    /// <exception cref="MedSegException">Torch cannot be loaded (<c>TorchNotLoaded</c>).</exception>
    public static Machine Read()
    {
        TorchLibrary.Require();
        return Look();
    }

    /// <summary>Tells why torch does not use a card that is there, and what to do.</summary>
    /// <returns>Sentences.</returns>
    public string WhyCardsAreNotUsed()
    {
        if (TorchBackend == ProcessorOnly)
        {
            return $"This build of MedSeg computes on the processor only. Build it with build.ps1 -TorchBackend {(OperatingSystem.IsWindows() ? "cuda-windows" : "cuda-linux")}.";
        }

        string driver = Nvidia.Version is { } version ? $"the NVIDIA driver, {version}," : "the NVIDIA driver";
        return $"Torch {TorchVersion} does not use it: {driver} or the card is too old for it. Install the newest NVIDIA driver.";
    }

    // Apart, since it names types of TorchSharp.
    private static Machine Look() => new()
    {
        Processor = CpuName.Read(),
        Cores = Environment.ProcessorCount,
        Memory = SystemMemory.Read(),
        Nvidia = NvidiaDriver.Read(),
        TorchVersion = torch.__version__,
        TorchBackend = typeof(Machine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "TorchBackend").Value!,
        Threads = CpuParallel.Threads,
        TorchCards = torch.cuda_is_available() ? torch.cuda.device_count() : 0,
    };
}
