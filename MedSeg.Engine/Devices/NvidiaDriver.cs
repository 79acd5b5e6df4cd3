namespace MedSeg.Devices;

/// <summary>What the NVIDIA driver tells: its cards in CUDA's order, so that a card's place is the n of cuda:n.</summary>
internal sealed record NvidiaDriver
{
    // The names that NVIDIA's installers give. What is not on the loader's path: libraries of WSL, and nvml.dll of drivers before 2018.
    private static readonly string[] s_cudaPaths = OperatingSystem.IsWindows()
        ? [Path.Combine(Environment.SystemDirectory, "nvcuda.dll")]
        : ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    private static readonly string[] s_nvmlPaths = OperatingSystem.IsWindows()
        ? [Path.Combine(Environment.SystemDirectory, "nvml.dll"), Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "NVIDIA Corporation", "NVSMI", "nvml.dll")]
        : ["libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"];

    /// <summary>Gets the cards.</summary>
    public IReadOnlyList<NvidiaGpu> Cards { get; init; } = [];

    /// <summary>Gets a value indicating whether a driver is installed.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>Gets what kept the driver from offering cards, as the end of a sentence; null where it offers some.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets the driver's version and the newest CUDA that it runs, for example 550.54.15 (CUDA 12.4); null where neither is known.</summary>
    public string? Version { get; init; }

    /// <summary>Asks the driver. It is never needed: where it is not there, there are no cards.</summary>
    /// <returns>What it tells now.</returns>
    public static NvidiaDriver Read() => Read(s_cudaPaths, s_nvmlPaths);

    /// <summary>Asks the driver.</summary>
    /// <param name="cudaPaths">Names or paths of the CUDA driver's library; the first that loads is taken.</param>
    /// <param name="nvmlPaths">Names or paths of the management library.</param>
    /// <returns>What it tells now.</returns>
    internal static NvidiaDriver Read(IReadOnlyList<string> cudaPaths, IReadOnlyList<string> nvmlPaths)
    {
        if (CudaLibrary.Load(cudaPaths) is not { } cuda)
        {
            return new NvidiaDriver { Problem = $"no NVIDIA driver was found ({Path.GetFileName(cudaPaths[0])})" };
        }

        string? problem = cuda.Initialize(out int count);
        using NvmlLibrary? nvml = NvmlLibrary.Open(nvmlPaths);
        string? runs = cuda.DriverVersion() is { } version ? $"CUDA {version}" : null;
        return new NvidiaDriver
        {
            Cards = [.. Enumerable.Range(0, count).Select(i => Describe(i, cuda, nvml))],
            IsInstalled = true,
            Problem = problem,
            Version = nvml?.DriverVersion() is { } driver ? runs is null ? driver : $"{driver} ({runs})" : runs,
        };
    }

    private static NvidiaGpu Describe(int ordinal, CudaLibrary cuda, NvmlLibrary? nvml)
    {
        const string Unnamed = "NVIDIA card";
        if (cuda.Device(ordinal) is not { } device)
        {
            return new NvidiaGpu(Unnamed, null, null);
        }

        // The management library's total goes with its use; CUDA's own is slightly smaller.
        MemoryAmount? memory = cuda.Identifier(device) is { } identifier ? nvml?.Memory(identifier) : null;
        return new NvidiaGpu(cuda.Name(device) ?? Unnamed, memory?.Total ?? cuda.MemoryTotal(device), memory?.Used);
    }
}
