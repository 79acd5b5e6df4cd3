namespace MedSeg.Tests.Network;

/// <summary>Who computes a network.</summary>
public enum ComputedBy
{
    /// <summary>Torch and its autograd, as on GPUs.</summary>
    Torch,

    /// <summary>The code for the CPU, with torch's convolutions.</summary>
    CpuWithTorch,

    /// <summary>The code for the CPU, with the convolutions that it chooses itself.</summary>
    Cpu,

    /// <summary>The code for the CPU, with direct convolutions only.</summary>
    CpuDirect,

    /// <summary>The code for the CPU, with Winograd's convolutions wherever they can be used.</summary>
    CpuWinograd,
}
