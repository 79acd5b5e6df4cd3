namespace MedSeg.Devices;

/// <summary>What computes convolutions on the CPU.</summary>
internal enum ConvolutionPath
{
    /// <summary>MedSeg, by whichever of <see cref="Direct"/> and <see cref="Winograd"/> is faster for the shape; torch if the CPU has no AVX2 and FMA.</summary>
    Auto,

    /// <summary>MedSeg, directly: every product of the convolution is computed.</summary>
    Direct,

    /// <summary>MedSeg, by Winograd's minimal filtering wherever it is possible, and directly elsewhere.</summary>
    Winograd,

    /// <summary>Torch (oneDNN).</summary>
    Torch,
}
