using MedSeg.Errors;

namespace MedSeg.Models;

/// <summary>Tells a model file's format from its first bytes.</summary>
internal static class ModelSignature
{
    private const int PickleProtocol = 0x80;

    // Where the JSON of a safetensors file begins.
    private const int HeaderStart = 8;

    // The first field of an ONNX model: its version, as a varint.
    private const byte OnnxVersionTag = 0x08;

    /// <summary>Tells the format.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <returns>The format; safetensors where the file looks like none.</returns>
    /// <exception cref="FileFormatException"><c>TorchLegacy</c>: the file is a bare pickle.</exception>
    public static ModelFormat FormatOf(ReadOnlySpan<byte> content, string path)
    {
        // The first bytes of a safetensors file are the length of its header, which may look like any other format.
        if (content.Length > HeaderStart && content[HeaderStart] == '{' && content.Slice(4, 4).SequenceEqual("\0\0\0\0"u8))
        {
            return ModelFormat.Safetensors;
        }

        if (content.StartsWith("PK\x03\x04"u8))
        {
            return ModelFormat.PyTorch;
        }

        if (content is [PickleProtocol, ..])
        {
            throw new FileFormatException("TorchLegacy", path, "this is a bare pickle, which PyTorch before 1.6 wrote. Load it in Python and save it again with torch.save of a newer PyTorch.", 0);
        }

        return LooksLikeOnnx(content) ? ModelFormat.Onnx : ModelFormat.Safetensors;
    }

    private static bool LooksLikeOnnx(ReadOnlySpan<byte> content) =>
        content.Length > 9 && content[0] == OnnxVersionTag && content[1] is > 0 and < 0x80 && content[8] != '{';
}
