using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>What a device offers for arithmetic with fewer bits than float32.</summary>
/// <param name="Name">The device as messages name it, such as <c>The CPU, AMD EPYC 9354</c>.</param>
internal sealed record PrecisionSupport(string Name)
{
    // CUDA C++ Programming Guide, Arithmetic Instructions: tensor cores with float16 since compute capability 7.0, with bfloat16 since 8.0.
    private static readonly Version s_float16 = new(7, 0);
    private static readonly Version s_bfloat16 = new(8, 0);

    /// <summary>Gets a value indicating whether the device is a GPU.</summary>
    public bool IsGpu { get; init; }

    /// <summary>Gets a value indicating whether there are products of bfloat16 numbers: AVX512-BF16 or AMX, or a GPU from the Ampere generation on.</summary>
    public bool HasBFloat16 { get; init; }

    /// <summary>Gets a value indicating whether a CPU multiplies matrices of bfloat16 numbers (AMX).</summary>
    public bool HasAmx { get; init; }

    /// <summary>Gets a value indicating whether MedSeg's own convolutions compute on a CPU, in float32, where images are bfloat16 in memory.</summary>
    public bool HasOwnConvolutions { get; init; }

    /// <summary>Gets a value indicating whether a GPU multiplies matrices of float16 numbers.</summary>
    public bool HasFloat16 { get; init; }

    /// <summary>Inspects a device of torch.</summary>
    /// <param name="device">The CPU or a GPU.</param>
    public static PrecisionSupport Of(torch.Device device) =>
        device.type == DeviceType.CUDA ? OfGpu($"{device}", NvidiaDriver.Read().Gpus.ElementAtOrDefault(device.index)) : OfCpu() with { HasOwnConvolutions = !CpuFeatures.LeavesBFloat16ToTorch };

    /// <summary>Inspects the CPU.</summary>
    public static PrecisionSupport OfCpu() => X86Base.IsSupported
        ? OfCpu(CpuName.Read(), Avx512F.IsSupported, X86Base.CpuId(7, 0), X86Base.CpuId(7, 0).Eax >= 1 ? X86Base.CpuId(7, 1) : default)
        : new PrecisionSupport($"The CPU, {CpuName.Read()},");

    /// <summary>Reads what an x86 CPU says of itself.</summary>
    /// <param name="name">The name of the CPU.</param>
    /// <param name="hasAvx512">Whether CPU and system support AVX-512.</param>
    /// <param name="extensions">Leaf 7 of CPUID, subleaf 0 (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID).</param>
    /// <param name="more">Subleaf 1; zeros where there is none.</param>
    internal static PrecisionSupport OfCpu(string name, bool hasAvx512, (int Eax, int Ebx, int Ecx, int Edx) extensions, (int Eax, int Ebx, int Ecx, int Edx) more)
    {
        const int avx512BFloat16 = 1 << 5;
        const int amx = (1 << 22) | (1 << 24);
        bool hasAmx = hasAvx512 && (extensions.Edx & amx) == amx;
        return new PrecisionSupport($"The CPU, {name},") { HasAmx = hasAmx, HasBFloat16 = hasAmx || (hasAvx512 && (more.Eax & avx512BFloat16) != 0) };
    }

    /// <summary>Derives what a GPU offers from its compute capability.</summary>
    /// <param name="device">The device, such as <c>cuda:0</c>.</param>
    /// <param name="gpu">The GPU; null if the driver does not describe it, and nothing is then known to be offered.</param>
    internal static PrecisionSupport OfGpu(string device, NvidiaGpu? gpu) => new(gpu is null ? $"The GPU {device}" : $"The GPU {device}, {gpu.Name},")
    {
        IsGpu = true,
        HasBFloat16 = gpu?.ComputeCapability >= s_bfloat16,
        HasFloat16 = gpu?.ComputeCapability >= s_float16,
    };
}
