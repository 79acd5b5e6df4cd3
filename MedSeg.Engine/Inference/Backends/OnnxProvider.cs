using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Inference.Backends;

/// <summary>An execution provider of ONNX Runtime.</summary>
/// <param name="Name">ONNX Runtime's name of the provider.</param>
/// <param name="Gpu">The index of the GPU, from 0; 0 for the CPU.</param>
internal sealed record OnnxProvider(string Name, int Gpu = 0)
{
    /// <summary>NVIDIA GPUs.</summary>
    public const string Cuda = "CUDAExecutionProvider";

    /// <summary>All GPUs on Windows.</summary>
    public const string DirectMl = "DmlExecutionProvider";

    /// <summary>Gets the CPU, which every build supports.</summary>
    public static OnnxProvider Cpu { get; } = new("CPUExecutionProvider");

    /// <summary>Lists the providers to try for a device name, the best first.</summary>
    /// <param name="device">auto, cpu, cuda, cuda:n, directml or directml:n, in any case.</param>
    /// <param name="available">The providers of this build of ONNX Runtime.</param>
    /// <returns>One provider; several for auto.</returns>
    /// <exception cref="MedSegException">The name is unknown (<c>DeviceUnknown</c>), or the build does not contain its provider (<c>ProviderNotAvailable</c>).</exception>
    public static IReadOnlyList<OnnxProvider> Candidates(string device, IReadOnlyCollection<string> available)
    {
        string lower = device.ToLowerInvariant();
        if (lower == "cpu")
        {
            return [Cpu];
        }

        if (lower == "auto")
        {
            return [.. ((string[])[Cuda, DirectMl]).Where(available.Contains).Select(name => new OnnxProvider(name)), Cpu];
        }

        string[] parts = lower.Split(':', 2);
        int gpu = 0;
        string? provider = parts[0] switch { "cuda" => Cuda, "directml" => DirectMl, _ => null };
        if (provider is null || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out gpu)))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.DeviceUnknown, $"'{device}' is not a device of ONNX Runtime.")
            {
                Advice = "Use Auto, Cpu, Cuda, Cuda:n, DirectML or DirectML:n.",
            };
        }

        return available.Contains(provider)
            ? [new OnnxProvider(provider, gpu)]
            : throw new MedSegException(ErrorKind.Device, ErrorIds.ProviderNotAvailable, $"The device is '{device}', but the ONNX Runtime of this build of MedSeg supports only {string.Join(", ", available)}.")
            {
                Advice = $"Build MedSeg with build.ps1 -OnnxBackend {parts[0]}, or use -Device Cpu.",
            };
    }
}
