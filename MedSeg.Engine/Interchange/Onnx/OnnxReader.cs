using System.Text;
using MedSeg.Errors;
using MedSeg.Files.Protobuf;
using MedSeg.Training;

namespace MedSeg.Interchange.Onnx;

/// <summary>Reads what MedSeg writes into the metadata of an ONNX file.</summary>
internal static class OnnxReader
{
    /// <summary>Reads the description of the model.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">The file is damaged, or MedSeg did not write it.</exception>
    public static Checkpoint ReadState(ReadOnlySpan<byte> content, string path)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        ReadOnlySpan<byte> graph = default;
        try
        {
            var reader = new ProtobufReader(content);
            while (reader.Next())
            {
                if (reader.Field == OnnxFields.Model.Graph)
                {
                    graph = reader.Bytes;
                }
                else if (reader.Field == OnnxFields.Model.Metadata)
                {
                    AddEntry(metadata, reader.Bytes);
                }
            }
        }
        catch (FormatException e)
        {
            throw new FileFormatException("OnnxInvalid", path, $"this is not a whole ONNX file: {e.Message}. Export the model again.", null, e);
        }

        if (!metadata.TryGetValue(OnnxFields.StateKey, out string? state))
        {
            throw new FileFormatException("OnnxNotMedSeg", path, "MedSeg did not export this ONNX file: its metadata has no 'medseg.state'. Only files of Export-MedSegModel -Format Onnx are read.");
        }

        return metadata.GetValueOrDefault(OnnxFields.DigestKey) == OnnxWriter.Digest(state, graph)
            ? Checkpoint.FromJson(state, path)
            : throw new FileFormatException("OnnxDamaged", path, "the checksum is wrong: the file was altered or damaged. Export the model again.");
    }

    private static void AddEntry(Dictionary<string, string> metadata, ReadOnlySpan<byte> entry)
    {
        string key = string.Empty;
        string value = string.Empty;
        var reader = new ProtobufReader(entry);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                key = Encoding.UTF8.GetString(reader.Bytes);
            }
            else if (reader.Field == 2)
            {
                value = Encoding.UTF8.GetString(reader.Bytes);
            }
        }

        metadata[key] = value;
    }
}
