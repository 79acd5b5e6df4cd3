namespace MedSeg.Files.Safetensors;

/// <summary>A tensor that is to be written: its elements need not be in memory in the order of the file.</summary>
/// <param name="Name">The name.</param>
/// <param name="DataType">The element type as named by the format, for example F32.</param>
/// <param name="Shape">The shape; empty for a scalar.</param>
/// <param name="Length">The number of bytes.</param>
/// <param name="Write">Writes the elements, little-endian, in row-major order; the same each time.</param>
internal sealed record SafetensorsEntry(string Name, string DataType, IReadOnlyList<long> Shape, long Length, Action<Stream> Write)
{
    /// <summary>Returns the entry of a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor.</param>
    public static SafetensorsEntry Of(string name, SafetensorsTensor tensor) =>
        new(name, tensor.DataType, tensor.Shape, tensor.Data.Length, stream => stream.Write(tensor.Data.Span));
}
