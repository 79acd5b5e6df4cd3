using MedSeg.Errors;

namespace MedSeg.Models;

/// <summary>Recognizes a model file's format by its first bytes.</summary>
internal static class ModelSignature
{
    private const int PickleProtocol = 0x80;

    // The offset of the JSON header in a safetensors file.
    private const int HeaderStart = 8;

    // The first field of an ONNX model: its version, as a varint.
    private const byte OnnxVersionTag = 0x08;

    /// <summary>Recognizes the format.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <returns>The format; safetensors if no format is recognized, whose reader then says what is wrong.</returns>
    /// <exception cref="FileFormatException"><c>TorchLegacy</c>: the file is a bare pickle.</exception>
    public static ModelFormat FormatOf(ReadOnlySpan<byte> content, string path)
    {
        // A safetensors file begins with the length of its header, which may look like any other format's signature.
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
            throw new FileFormatException(ErrorIds.TorchLegacy, path, "This is a bare pickle, the format of PyTorch before 1.6.", 0)
            {
                Advice = "Load the file in Python and save it with torch.save of PyTorch 1.6 or newer.",
            };
        }

        return LooksLikeOnnx(content) ? ModelFormat.Onnx : ModelFormat.Safetensors;
    }

    /// <summary>Makes the error for a file of another format where only a MedSeg model will do.</summary>
    /// <param name="found">The format of the file.</param>
    /// <param name="path">Its path.</param>
    public static FileFormatException NotMedSegModel(ModelFormat found, string path) => found switch
    {
        ModelFormat.PyTorch => new FileFormatException(ErrorIds.NotMedSegModel, path, "This is a PyTorch file.")
        {
            Advice = "Convert it with Import-MedSegModel.",
        },
        ModelFormat.Onnx => new FileFormatException(ErrorIds.NotMedSegModel, path, "This is an ONNX file.")
        {
            Advice = "Use the .safetensors model that it was exported from.",
        },
        _ => new FileFormatException(ErrorIds.NotMedSegModel, path, "This is a safetensors file, but not a MedSeg model or checkpoint.")
        {
            Advice = "If it contains the weights of a network, convert it with Import-MedSegModel.",
        },
    };

    private static bool LooksLikeOnnx(ReadOnlySpan<byte> content) =>
        content.Length > 9 && content[0] == OnnxVersionTag && content[1] is > 0 and < 0x80 && content[8] != '{';
}
