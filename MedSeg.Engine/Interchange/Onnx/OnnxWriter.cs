using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedSeg.Files.Protobuf;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Training;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes ONNX files, with everything in the metadata that is needed to use the model.</summary>
internal static class OnnxWriter
{
    /// <summary>Returns the content of a file.</summary>
    /// <param name="model">The metadata of the model.</param>
    /// <param name="weights">Its weights by name.</param>
    public static byte[] Write(ModelMetadata model, IReadOnlyDictionary<string, SafetensorsTensor> weights)
    {
        byte[] graph = OnnxNetwork.Write(model.Description.Architecture, weights);
        ProtobufWriter file = Begin(graph);
        string json = CheckpointState.Of(model).ToJson();
        Add(file, "medseg.labels", JsonSerializer.Serialize(model.Description.LabelNames));
        Add(file, "medseg.input_size", model.Description.Preprocessing.InputSize.ToString(CultureInfo.InvariantCulture));
        Add(file, "medseg.normalization", model.Description.Preprocessing.Normalization.ToString());
        Add(file, "medseg.resize_mode", model.Description.Preprocessing.ResizeMode.ToString());
        Add(file, "medseg.pixel_size", model.Description.Preprocessing.PixelSize.ToString("R", CultureInfo.InvariantCulture));
        if (model.Description.Preprocessing.Channels.Count > 0)
        {
            Add(file, "medseg.channels", JsonSerializer.Serialize(model.Description.Preprocessing.Channels.Select(channel => channel.Name)));
        }

        Add(file, "medseg.architecture", model.Description.Architecture.Architecture.ToString());
        if (model.Description.Calibration is { } calibration)
        {
            Add(file, "medseg.temperature", calibration.Temperature.ToString("R", CultureInfo.InvariantCulture));
        }

        Add(file, OnnxFields.StateKey, json);
        Add(file, OnnxFields.DigestKey, Digest(json, graph));
        return file.Content.ToArray();
    }

    /// <summary>Returns a file with what ONNX Runtime needs to run a network, without the metadata.</summary>
    /// <param name="architecture">The architecture of the network.</param>
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
