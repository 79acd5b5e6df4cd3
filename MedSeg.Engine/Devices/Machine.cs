using System.Reflection;
using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>The devices of this machine, and the build of torch that uses them.</summary>
internal sealed record Machine
{
    /// <summary>The <see cref="TorchBackend"/> of a build without CUDA.</summary>
    public const string CpuOnly = "cpu";

    // libtorch 2.10 is built with CUDA 12.8, which drivers of CUDA 12.0 run (NVIDIA, CUDA Compatibility, minor version compatibility), and has
    // code for GPUs from Volta on (github.com/pytorch/pytorch/issues/157517).
    private static readonly Version s_requiredCuda = new(12, 0);
    private static readonly Version s_requiredCapability = new(7, 0);

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
    /// <param name="gpu">The GPU; null if the driver does not describe it.</param>
    /// <returns>The reason and what to do, each a sentence.</returns>
    public (string Reason, string Advice) WhyNotUsed(NvidiaGpu? gpu)
    {
        if (TorchBackend == CpuOnly)
        {
            string backend = OperatingSystem.IsWindows() ? "cuda-windows" : "cuda-linux";
            return ("This build of MedSeg uses the CPU only.", $"Build MedSeg with build.ps1 -TorchBackend {backend}.");
        }

        if (Nvidia.SupportedCuda is { } cuda && cuda < s_requiredCuda)
        {
            return ($"The NVIDIA driver supports CUDA {cuda}, and torch {TorchVersion} needs CUDA {s_requiredCuda} or newer.", "Install the newest NVIDIA driver.");
        }

        if (WhyTooOld(gpu) is { } old)
        {
            return old;
        }

        string driver = Nvidia.Version is { } version ? $"the NVIDIA driver, {version}," : "the NVIDIA driver";
        return ($"Torch {TorchVersion} does not support it: {driver} or the GPU is too old.", "Install the newest NVIDIA driver.");
    }

    /// <summary>Explains that a GPU is too old for torch, which lists it all the same.</summary>
    /// <param name="gpu">The GPU; null if the driver does not describe it.</param>
    /// <returns>The reason and what to do, each a sentence; null if it is new enough, or its age is not known.</returns>
    public (string Reason, string Advice)? WhyTooOld(NvidiaGpu? gpu) =>
        gpu?.ComputeCapability is { } capability && capability < s_requiredCapability
            ? ($"The GPU has compute capability {capability}, and torch {TorchVersion} needs {s_requiredCapability} or newer.", "Use a newer GPU, or -Device Cpu; a newer driver does not help.")
            : null;

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
