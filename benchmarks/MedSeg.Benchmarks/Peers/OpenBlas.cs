namespace MedSeg.Benchmarks.Peers;

/// <summary>
/// A kind of OpenBLAS that Debian packages. They differ in their threads: those of pthread compete with torch's own, which are OpenMP's.
/// </summary>
/// <param name="Name">The name of the kind.</param>
/// <param name="Folder">The folder of its library, for LD_LIBRARY_PATH.</param>
internal sealed record OpenBlas(string Name, string Folder)
{
    /// <summary>The environment variable that chooses the kernel.</summary>
    public const string KernelVariable = "OPENBLAS_CORETYPE";

    // What each needs. OpenBLAS does not know CPUs that are newer than itself, and then chooses a kernel that may be slow.
    private static readonly (string Name, string[] Flags)[] s_kernels =
    [
        ("Haswell", ["avx2", "fma"]),
        ("Zen", ["avx2", "fma"]),
        ("SkylakeX", ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
        ("Cooperlake", ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_bf16"]),
    ];

    /// <summary>Gets the kinds that are installed, the one with PyTorch's kind of threads first.</summary>
    public static IReadOnlyList<OpenBlas> Installed { get; } =
    [
        .. ((string[])["openmp", "pthread"])
            .Select(name => new OpenBlas(name, $"/usr/lib/x86_64-linux-gnu/openblas-{name}"))
            .Where(library => Directory.Exists(library.Folder)),
    ];

    /// <summary>Returns the kernels that the CPU can run; null for the one that OpenBLAS chooses.</summary>
    /// <param name="limit">The instructions that it may use.</param>
    public static IReadOnlyList<string?> Kernels(InstructionLimit limit)
    {
        IEnumerable<string> fitting = s_kernels.Where(kernel => CpuFlags.Have(kernel.Flags)).Select(kernel => kernel.Name);
        return limit.IsAvx2 ? [.. fitting.Where(name => name is "Haswell" or "Zen")] : [null, .. fitting];
    }
}
