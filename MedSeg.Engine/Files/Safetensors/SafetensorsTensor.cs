using System.Runtime.InteropServices;

namespace MedSeg.Files.Safetensors;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="DataType">The element type as named by the format, for example F32.</param>
/// <param name="Shape">The shape; empty for a scalar.</param>
/// <param name="Data">The elements, little-endian, in row-major order.</param>
public sealed record SafetensorsTensor(string DataType, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The element type of 32-bit floating-point numbers.</summary>
    public const string SinglePrecision = "F32";

    /// <summary>Gets the size of an element in bytes, by type name.</summary>
    internal static IReadOnlyDictionary<string, int> ElementSizes { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["F8_E4M3"] = 1,
        ["F8_E5M2"] = 1,
        ["I16"] = 2,
        ["U16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["I32"] = 4,
        ["U32"] = 4,
        [SinglePrecision] = 4,
        ["I64"] = 8,
        ["U64"] = 8,
        ["F64"] = 8,
    };

    /// <summary>Creates a tensor of 32-bit floating-point numbers.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="values">The values, in row-major order.</param>
    /// <returns>The tensor.</returns>
    public static SafetensorsTensor FromFloats(IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(SinglePrecision, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Returns the values of a tensor of 32-bit floating-point numbers, without copying.</summary>
    /// <returns>The values, in row-major order.</returns>
    /// <exception cref="InvalidOperationException">The tensor is of another type.</exception>
    public ReadOnlySpan<float> AsFloats() =>
        DataType == SinglePrecision
            ? MemoryMarshal.Cast<byte, float>(Data.Span)
            : throw new InvalidOperationException($"The tensor holds {DataType}, not {SinglePrecision}.");
}
