namespace MedSeg.Tests.Network;

/// <summary>Who computes a network.</summary>
public enum ComputedBy
{
    /// <summary>Torch and its autograd, as on GPUs.</summary>
    Torch,

    /// <summary>The code for the CPU, with torch's convolutions.</summary>
    CpuWithTorch,

    /// <summary>The code for the CPU, with its own direct convolutions.</summary>
    CpuDirect,

    /// <summary>The code for the CPU, with Winograd's convolutions where they are faster.</summary>
    CpuWinograd,
}
