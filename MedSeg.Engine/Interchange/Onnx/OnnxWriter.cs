using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedSeg.Files.Protobuf;
using MedSeg.Files.Safetensors;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes a model as ONNX, with all in its metadata that is needed to use it.</summary>
internal static class OnnxWriter
{
    /// <summary>Gives the content of the file.</summary>
    /// <param name="state">What is known of the model.</param>
    /// <param name="weights">Its weights by name.</param>
    /// <param name="path">The file that it is made from, for messages.</param>
    public static byte[] Write(Checkpoint state, IReadOnlyDictionary<string, SafetensorsTensor> weights, string path)
    {
        byte[] graph = OnnxNetwork.Write(state.Architecture(path), weights);
        ProtobufWriter model = Begin(graph);

        // Where the run's files were is nothing that others need to know.
        string json = (state with { History = [.. state.History.Select(record => record with { CheckpointPath = null, ModelPath = null })] }).ToJson();
        Add(model, "medseg.labels", JsonSerializer.Serialize(state.LabelNames));
        Add(model, "medseg.input_size", state.InputSize.ToString(CultureInfo.InvariantCulture));
        Add(model, "medseg.normalization", state.Normalization.ToString());
        Add(model, "medseg.resize_mode", state.ResizeMode.ToString());
        Add(model, OnnxFields.StateKey, json);
        Add(model, OnnxFields.DigestKey, Digest(json, graph));
        return model.Content.ToArray();
    }

    /// <summary>Gives what ONNX Runtime needs to compute a network, without what a person needs to use it.</summary>
    /// <param name="architecture">The form of the network.</param>
    /// <param name="weights">Its weights by name.</param>
    public static byte[] Write(NetworkOptions architecture, IReadOnlyDictionary<string, SafetensorsTensor> weights) =>
        Begin(OnnxNetwork.Write(architecture, weights)).Content.ToArray();

    /// <summary>Computes the checksum over state and graph.</summary>
    internal static string Digest(string state, ReadOnlySpan<byte> graph)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(state));
        hash.AppendData(graph);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static ProtobufWriter Begin(byte[] graph)
    {
        var model = new ProtobufWriter();
        model.Number(OnnxFields.Model.IrVersion, OnnxFields.IrVersion);
        model.Text(OnnxFields.Model.ProducerName, "MedSeg");
        model.Text(OnnxFields.Model.ProducerVersion, typeof(OnnxWriter).Assembly.GetName().Version?.ToString(3) ?? string.Empty);
        model.Bytes(OnnxFields.Model.Graph, graph);
        model.Message(OnnxFields.Model.OperatorSets, set => set.Number(2, OnnxFields.OperatorSet));
        return model;
    }

    private static void Add(ProtobufWriter model, string key, string value) => model.Message(OnnxFields.Model.Metadata, entry =>
    {
        entry.Text(1, key);
        entry.Text(2, value);
    });
}
