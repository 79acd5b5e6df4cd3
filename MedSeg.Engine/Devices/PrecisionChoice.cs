using MedSeg.Errors;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>
/// Decides the precision of a network. Nothing is timed: the choice depends on the devices and the input size alone, so that a script computes the
/// same numbers whenever it runs on the same machine.
/// </summary>
internal static class PrecisionChoice
{
    // On CPUs, from this input size on images do not fit into the cache, and nearly all of a step is convolutions. See docs/speed.md.
    private const int MinimumSizeForCpu = 256;

    /// <summary>Resolves Auto, and refuses what the devices cannot compute.</summary>
    /// <param name="wanted">The option.</param>
    /// <param name="devices">The devices that compute the network.</param>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    /// <param name="warn">Receives a warning where the precision is slower than float32, or null.</param>
    /// <returns>The precision, never Auto.</returns>
    /// <exception cref="MedSegException"><c>PrecisionUnsupported</c>: a device cannot compute with the precision.</exception>
    public static Precision Settle(Precision wanted, IReadOnlyList<torch.Device> devices, int inputSize, Action<string>? warn = null) =>
        wanted == Precision.Float32 ? wanted : Settle(wanted, [.. devices.Select(PrecisionSupport.Of)], inputSize, warn);

    /// <summary>Decides by what the devices offer; see the other overload.</summary>
    /// <param name="wanted">The option.</param>
    /// <param name="devices">What the devices offer.</param>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    /// <param name="warn">Receives a warning, or null.</param>
    internal static Precision Settle(Precision wanted, IReadOnlyList<PrecisionSupport> devices, int inputSize, Action<string>? warn = null)
    {
        if (wanted == Precision.Auto)
        {
            Precision[] fastest = [.. devices.Select(device => Fastest(device, inputSize)).Distinct()];
            return fastest is [Precision same] ? same : Precision.Float32;
        }

        foreach (PrecisionSupport device in devices)
        {
            Require(wanted, device);
        }

        if (wanted == Precision.BFloat16 && devices.FirstOrDefault(device => !device.HasBFloat16 && !device.HasOwnConvolutions) is { } slow)
        {
            warn?.Invoke($"{slow.Name} has neither AVX512-BF16 nor AMX, so -Precision BFloat16 takes many times as long as Float32.");
        }

        return wanted;
    }

    // With AVX512-BF16 alone, torch's convolutions in bfloat16 are slower than MedSeg's own in float32, which are faster with images of half the size.
    private static Precision Fastest(PrecisionSupport device, int inputSize) => device switch
    {
        { IsGpu: true, HasBFloat16: true } => Precision.BFloat16,
        { IsGpu: true, HasFloat16: true } => Precision.Float16,
        { IsGpu: false, HasAmx: true } or { IsGpu: false, HasBFloat16: true, HasOwnConvolutions: true } when inputSize >= MinimumSizeForCpu => Precision.BFloat16,
        _ => Precision.Float32,
    };

    private static void Require(Precision wanted, PrecisionSupport device)
    {
        if (wanted == Precision.Float16 && !device.IsGpu)
        {
            throw Unsupported("-Precision Float16 is for GPUs only, and the device is the CPU.", "Use -Precision BFloat16 or Float32.");
        }

        if (wanted == Precision.BFloat16 && device is { IsGpu: true, HasBFloat16: false })
        {
            throw Unsupported($"{device.Name} cannot compute with bfloat16: that takes compute capability 8.0 (Ampere) or newer.", $"Use -Precision {(device.HasFloat16 ? nameof(Precision.Float16) : nameof(Precision.Float32))}, or Auto.");
        }

        if (wanted == Precision.Float16 && !device.HasFloat16)
        {
            throw Unsupported($"{device.Name} cannot compute fast with float16: that takes compute capability 7.0 (Volta) or newer.", "Use -Precision Float32, or Auto.");
        }
    }

    private static MedSegException Unsupported(string finding, string advice) => new(ErrorKind.Device, ErrorIds.PrecisionUnsupported, finding) { Advice = advice };
}
