using System.Reflection;
using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>The devices of this machine, and the build of torch that uses them.</summary>
internal sealed record Machine
{
    /// <summary>The <see cref="TorchBackend"/> of a build without CUDA.</summary>
    public const string CpuOnly = "cpu";

    /// <summary>Gets the name of the CPU.</summary>
    public required string CpuName { get; init; }

    /// <summary>Gets the number of logical processors that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Gets the machine's memory.</summary>
    public required MemoryAmount Memory { get; init; }

    /// <summary>Gets what the NVIDIA driver reports.</summary>
    public required NvidiaDriver Nvidia { get; init; }

    /// <summary>Gets the version of torch.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Gets the torch backend of this build: cpu, cuda-windows or cuda-linux.</summary>
    public required string TorchBackend { get; init; }

    /// <summary>Gets the number of threads that share the arithmetic on the CPU, of torch or of MedSeg.</summary>
    public required int Threads { get; init; }

    /// <summary>Gets the number of GPUs that torch can use: the first ones in CUDA's order.</summary>
    public required int TorchGpus { get; init; }

    /// <summary>Inspects this machine. Loads torch.</summary>
    /// <exception cref="MedSegException">Torch cannot be loaded (<c>TorchNotLoaded</c>).</exception>
    public static Machine Read()
    {
        TorchLibrary.Require();
        return Inspect();
    }

    /// <summary>Explains why torch does not use a GPU that is there.</summary>
    /// <returns>The reason and what to do, each a sentence.</returns>
    public (string Reason, string Advice) WhyGpusAreNotUsed()
    {
        if (TorchBackend == CpuOnly)
        {
            string backend = OperatingSystem.IsWindows() ? "cuda-windows" : "cuda-linux";
            return ("This build of MedSeg uses the CPU only.", $"Build MedSeg with build.ps1 -TorchBackend {backend}.");
        }

        string driver = Nvidia.Version is { } version ? $"the NVIDIA driver, {version}," : "the NVIDIA driver";
        return ($"Torch {TorchVersion} does not support it: {driver} or the GPU is too old.", "Install the newest NVIDIA driver.");
    }

    // A method of its own, because it uses types of TorchSharp: calling it loads that assembly.
    private static Machine Inspect() => new()
    {
        CpuName = Devices.CpuName.Read(),
        Cores = Environment.ProcessorCount,
        Memory = SystemMemory.Read(),
        Nvidia = NvidiaDriver.Read(),
        TorchVersion = torch.__version__,
        TorchBackend = typeof(Machine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "TorchBackend").Value!,
        Threads = CpuParallel.Threads,
        TorchGpus = torch.cuda_is_available() ? torch.cuda.device_count() : 0,
    };
}
