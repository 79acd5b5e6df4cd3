using System.Diagnostics.CodeAnalysis;

namespace MedSeg.Distributed;

/// <summary>The format in which the gradients of the shares of a batch are added up and sent between processes.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "Users know the formats by these names.")]
public enum GradientFormat
{
    /// <summary>32 bits, as they are computed.</summary>
    Float32,

    /// <summary>
    /// 16 bits: 8 of the exponent, as float32, and 7 of the fraction. The gradients of each share, and each sum of two, are rounded to the nearest number,
    /// and to the even one of two that are equally near.
    /// </summary>
    BFloat16,
}
