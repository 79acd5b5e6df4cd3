namespace MedSeg.Benchmarks.Peers;

/// <summary>The CPU instructions that all programs of a comparison may use.</summary>
/// <param name="isAvx2">
/// Whether they are restricted to AVX2, as on most desktop CPUs, so that these can be measured on a CPU with AVX-512; otherwise the CPU's all.
/// </param>
internal sealed class InstructionLimit(bool isAvx2)
{
    /// <summary>Gets a value indicating whether all programs are restricted to AVX2.</summary>
    public bool IsAvx2 { get; } = isAvx2;

    /// <summary>Gets the label of tables.</summary>
    public string Label => IsAvx2 ? "restricted to AVX2" : "all instructions of the CPU";

    /// <summary>Gets a value indicating whether bfloat16 is compared: oneDNN computes it with AVX-512 only.</summary>
    public bool HasBFloat16 => !IsAvx2 && CpuFlags.Have("avx512bw", "avx512vl", "avx512dq");

    /// <summary>Gets the environment variables that restrict .NET, torch, oneDNN (both names) and MKL; OpenBLAS is restricted by the choice of its kernel.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } = !isAvx2 ? [] : new Dictionary<string, string>
    {
        ["DOTNET_EnableAVX512"] = "0",
        ["ATEN_CPU_CAPABILITY"] = "avx2",
        ["ONEDNN_MAX_CPU_ISA"] = "AVX2",
        ["DNNL_MAX_CPU_ISA"] = "AVX2",
        ["MKL_ENABLE_INSTRUCTIONS"] = "AVX2",
    };
}
