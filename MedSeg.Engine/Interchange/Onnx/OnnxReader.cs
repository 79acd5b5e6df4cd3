using System.Text;
using MedSeg.Errors;
using MedSeg.Files.Protobuf;
using MedSeg.Training;

namespace MedSeg.Interchange.Onnx;

/// <summary>Reads the metadata that MedSeg writes into ONNX files.</summary>
internal static class OnnxReader
{
    /// <summary>Reads the metadata of the model, and checks the checksum.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">The file is damaged (<c>OnnxInvalid</c>, <c>OnnxDamaged</c>), or MedSeg did not write it (<c>OnnxNotMedSeg</c>).</exception>
    public static ModelMetadata Read(ReadOnlySpan<byte> content, string path)
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
            throw new FileFormatException(ErrorIds.OnnxInvalid, path, $"The ONNX file is damaged or truncated: {e.Message}.", null, e) { Advice = "Export the model again." };
        }

        if (!metadata.TryGetValue(OnnxFields.StateKey, out string? state))
        {
            throw new FileFormatException(ErrorIds.OnnxNotMedSeg, path, "MedSeg did not export this ONNX file: its metadata has no 'medseg.state'.")
            {
                Advice = "Use a file from Export-MedSegModel -Format Onnx.",
            };
        }

        if (metadata.GetValueOrDefault(OnnxFields.DigestKey) != OnnxWriter.Digest(state, graph))
        {
            throw new FileFormatException(ErrorIds.OnnxDamaged, path, "The checksum is wrong: the file was damaged or edited.") { Advice = "Export the model again." };
        }

        return FindForeignOperator(graph) is { } foreign
            ? throw new FileFormatException(ErrorIds.OnnxInvalid, path, $"The network has the operator '{foreign}', which MedSeg does not export: the file was edited.") { Advice = "Export the model again." }
            : CheckpointState.FromJson(state, path).ToMetadata();
    }

    // Operators such as ConstantOfShape and Expand make gigabytes of a few bytes while the network is loaded.
    private static string? FindForeignOperator(ReadOnlySpan<byte> graph)
    {
        var parts = new ProtobufReader(graph);
        while (parts.Next())
        {
            if (parts.Field != OnnxFields.Graph.Node)
            {
                continue;
            }

            string operation = string.Empty;
            var node = new ProtobufReader(parts.Bytes);
            while (node.Next())
            {
                operation = node.Field == OnnxFields.Node.Operator ? Encoding.UTF8.GetString(node.Bytes) : operation;
            }

            if (!OnnxNetwork.Operators.Contains(operation))
            {
                return operation;
            }
        }

        return null;
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
