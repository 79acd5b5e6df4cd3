using System.Runtime.Intrinsics.X86;
using MedSeg.Errors;

namespace MedSeg.Devices;

/// <summary>The instruction sets and the setting that decide which code computes convolutions on the CPU.</summary>
internal static class CpuFeatures
{
    /// <summary>The environment variable that forces a path: the name of a <see cref="ConvolutionPath"/>.</summary>
    public const string PathVariable = "MEDSEG_CONVOLUTIONS";

    private static readonly Lazy<ConvolutionPath> s_path = new(() => Choose(Environment.GetEnvironmentVariable(PathVariable), HasOwnConvolutions));

    private static readonly Lazy<bool> s_hasAmx = new(() => PrecisionSupport.OfCpu().HasAmx);

    /// <summary>Gets a value indicating whether the CPU multiplies matrices of bfloat16 numbers (AMX), which torch's convolutions use.</summary>
    public static bool HasAmx => s_hasAmx.Value;

    /// <summary>Gets a value indicating whether the CPU has AVX2 and FMA, which MedSeg's own convolutions require.</summary>
    public static bool HasOwnConvolutions => Fma.IsSupported && Avx2.IsSupported;

    /// <summary>Gets what computes convolutions: never <see cref="ConvolutionPath.Auto"/> without AVX2 and FMA.</summary>
    /// <exception cref="MedSegException">The environment variable is not a path, or the CPU does not support it.</exception>
    public static ConvolutionPath Convolutions => s_path.Value;

    /// <summary>Gets a value indicating whether MedSeg computes convolutions itself, rather than torch.</summary>
    /// <exception cref="MedSegException">The environment variable is not a path, or the CPU does not support it.</exception>
    public static bool PrefersOwnConvolutions => Convolutions != ConvolutionPath.Torch;

    /// <summary>
    /// Gets a value indicating whether torch computes convolutions in bfloat16: where the CPU has AMX, or where torch computes all convolutions. Otherwise MedSeg's own
    /// compute in float32, and images are bfloat16 in memory.
    /// </summary>
    /// <exception cref="MedSegException">The environment variable is not a path, or the CPU does not support it.</exception>
    public static bool LeavesBFloat16ToTorch => HasAmx || !PrefersOwnConvolutions;

    /// <summary>Chooses a path.</summary>
    /// <param name="text">The value of the environment variable; null or empty if it is not set.</param>
    /// <param name="hasOwn">Whether the CPU has AVX2 and FMA.</param>
    /// <returns>The path.</returns>
    /// <exception cref="MedSegException">The value is not a path, or the CPU does not support it.</exception>
    internal static ConvolutionPath Choose(string? text, bool hasOwn)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return hasOwn ? ConvolutionPath.Auto : ConvolutionPath.Torch;
        }

        string? name = Enum.GetNames<ConvolutionPath>().FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
        if (name is null)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ConvolutionPathUnknown, $"The environment variable {PathVariable} is '{text}'.")
            {
                Advice = $"Set it to one of {string.Join(", ", Enum.GetNames<ConvolutionPath>())}, or remove it.",
            };
        }

        ConvolutionPath path = Enum.Parse<ConvolutionPath>(name);
        return path switch
        {
            ConvolutionPath.Auto when !hasOwn => ConvolutionPath.Torch,
            ConvolutionPath.Direct or ConvolutionPath.Winograd when !hasOwn => throw new MedSegException(ErrorKind.Device, ErrorIds.ConvolutionPathUnsupported, $"The environment variable {PathVariable} is '{text}', but this CPU has no AVX2 and FMA.")
            {
                Advice = $"Set it to {nameof(ConvolutionPath.Torch)}, or remove it.",
            },
            _ => path,
        };
    }
}
