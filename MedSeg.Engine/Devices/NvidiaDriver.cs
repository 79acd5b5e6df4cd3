namespace MedSeg.Devices;

/// <summary>What the NVIDIA driver reports: its GPUs in CUDA's order, so that the index of a GPU is the n of cuda:n.</summary>
internal sealed record NvidiaDriver
{
    // The names that NVIDIA's installers use, and the paths of libraries that are not on the loader's path: those of WSL, and nvml.dll of
    // drivers before 2018.
    private static readonly string[] s_cudaPaths = OperatingSystem.IsWindows()
        ? [Path.Combine(Environment.SystemDirectory, "nvcuda.dll")]
        : ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    private static readonly string[] s_nvmlPaths = OperatingSystem.IsWindows()
        ? [Path.Combine(Environment.SystemDirectory, "nvml.dll"), Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "NVIDIA Corporation", "NVSMI", "nvml.dll")]
        : ["libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"];

    /// <summary>Gets the GPUs.</summary>
    public IReadOnlyList<NvidiaGpu> Gpus { get; init; } = [];

    /// <summary>Gets a value indicating whether a driver is installed.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>Gets why the driver offers no GPUs, as the end of a sentence; null if it offers some.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets the driver's version and the newest CUDA version that it supports, for example 550.54.15 (CUDA 12.4); null if neither is known.</summary>
    public string? Version { get; init; }

    /// <summary>Gets the newest CUDA version that the driver supports, for example 12.4; null if it is not known.</summary>
    public Version? SupportedCuda { get; init; }

    /// <summary>Queries the driver. Without a driver, there are no GPUs.</summary>
    public static NvidiaDriver Read() => Read(s_cudaPaths, s_nvmlPaths);

    /// <summary>Queries the driver.</summary>
    /// <param name="cudaPaths">Names or paths of the CUDA driver's library; the first that loads is used.</param>
    /// <param name="nvmlPaths">Names or paths of the management library.</param>
    internal static NvidiaDriver Read(IReadOnlyList<string> cudaPaths, IReadOnlyList<string> nvmlPaths)
    {
        if (CudaLibrary.Load(cudaPaths) is not { } cuda)
        {
            return new NvidiaDriver { Problem = $"no NVIDIA driver was found ({Path.GetFileName(cudaPaths[0])})" };
        }

        string? problem = cuda.Initialize(out int count);
        using NvmlLibrary? nvml = NvmlLibrary.Open(nvmlPaths);
        Version? cudaVersion = cuda.DriverVersion();
        string? supportedCuda = cudaVersion is null ? null : $"CUDA {cudaVersion}";
        return new NvidiaDriver
        {
            Gpus = [.. Enumerable.Range(0, count).Select(i => Describe(i, cuda, nvml))],
            IsInstalled = true,
            Problem = problem,
            SupportedCuda = cudaVersion,
            Version = nvml?.DriverVersion() is { } driver ? supportedCuda is null ? driver : $"{driver} ({supportedCuda})" : supportedCuda,
        };
    }

    private static NvidiaGpu Describe(int ordinal, CudaLibrary cuda, NvmlLibrary? nvml)
    {
        const string Unnamed = "NVIDIA GPU";
        if (cuda.Device(ordinal) is not { } device)
        {
            return new NvidiaGpu(Unnamed, null, null);
        }

        // NVML's total matches the use that it reports; CUDA's total is slightly smaller.
        MemoryAmount? memory = cuda.Identifier(device) is { } identifier ? nvml?.Memory(identifier) : null;
        return new NvidiaGpu(cuda.Name(device) ?? Unnamed, memory?.Total ?? cuda.MemoryTotal(device), memory?.Used, cuda.ComputeCapability(device));
    }
}
