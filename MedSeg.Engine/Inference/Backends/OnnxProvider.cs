using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Inference.Backends;

/// <summary>A way in which ONNX Runtime computes.</summary>
/// <param name="Name">ONNX Runtime's name of it.</param>
/// <param name="Card">The place of the card, from 0; 0 for the processor.</param>
internal sealed record OnnxProvider(string Name, int Card = 0)
{
    /// <summary>NVIDIA cards.</summary>
    public const string Cuda = "CUDAExecutionProvider";

    /// <summary>All cards of Windows.</summary>
    public const string DirectMl = "DmlExecutionProvider";

    /// <summary>Gets the processor, which every build has.</summary>
    public static OnnxProvider Processor { get; } = new("CPUExecutionProvider");

    /// <summary>Turns a device's name into the ways to try, the best first.</summary>
    /// <param name="device">auto, cpu, cuda, cuda:n, directml or directml:n; upper or lower case.</param>
    /// <param name="available">The providers that the build of ONNX Runtime has.</param>
    /// <returns>Several for auto alone.</returns>
    /// <exception cref="MedSegException">The name is unknown (<c>DeviceUnknown</c>), or the build has no such provider (<c>ProviderNotAvailable</c>).</exception>
    public static IReadOnlyList<OnnxProvider> Candidates(string device, IReadOnlyCollection<string> available)
    {
        string lower = device.ToLowerInvariant();
        if (lower == "cpu")
        {
            return [Processor];
        }

        if (lower == "auto")
        {
            return [.. ((string[])[Cuda, DirectMl]).Where(available.Contains).Select(name => new OnnxProvider(name)), Processor];
        }

        string[] parts = lower.Split(':', 2);
        int card = 0;
        string? provider = parts[0] switch { "cuda" => Cuda, "directml" => DirectMl, _ => null };
        if (provider is null || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out card)))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "DeviceUnknown", $"'{device}' is no device of ONNX Runtime; give Auto, Cpu, Cuda, Cuda:n, DirectML or DirectML:n.");
        }

        return available.Contains(provider)
            ? [new OnnxProvider(provider, card)]
            : throw new MedSegException(ErrorKind.Device, "ProviderNotAvailable", $"The device '{device}' was asked for, but the ONNX Runtime of this build of MedSeg has only {string.Join(", ", available)}. Build it with build.ps1 -OnnxBackend {parts[0]}, or use -Device Cpu.");
    }
}
