using System.Diagnostics.CodeAnalysis;

namespace MedSeg.Devices;

/// <summary>The number format in which a network computes its convolutions and keeps the images between them. Weights, losses and sums are always float32.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "Users know the formats by these names.")]
public enum Precision
{
    /// <summary>Float32: a mantissa of 23 bits.</summary>
    Float32,

    /// <summary>Bfloat16: the range of float32 with a mantissa of 7 bits. For CPUs, and for GPUs of compute capability 8.0 (Ampere) or newer.</summary>
    BFloat16,

    /// <summary>Float16: a mantissa of 10 bits and a smaller range, for which the loss is scaled. For GPUs.</summary>
    Float16,

    /// <summary>The format that is expected to be fastest, by what the device offers and the input size alone.</summary>
    Auto,
}
