using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Devices;

/// <summary>The instruction sets that decide which code computes convolutions on the CPU.</summary>
internal static class CpuFeatures
{
    /// <summary>Gets a value indicating whether the CPU has AVX2 and FMA, which MedSeg's own convolutions require.</summary>
    public static bool HasOwnConvolutions => Fma.IsSupported && Avx2.IsSupported;

    /// <summary>Gets a value indicating whether MedSeg's own convolutions are faster here than torch's, which use AVX-512 if the CPU has it.</summary>
    public static bool PrefersOwnConvolutions => HasOwnConvolutions && !Vector512.IsHardwareAccelerated;
}
