using System.Globalization;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Training;

namespace MedSeg.Interchange;

/// <summary>Converts the weights that another program wrote into a MedSeg model.</summary>
public static class ModelImporter
{
    /// <summary>Reads weights and describes them as a MedSeg model.</summary>
    /// <param name="path">The absolute path: a .pt file of torch.save, or safetensors with the same names.</param>
    /// <param name="options">What the file does not say.</param>
    /// <returns>The content of the model file.</returns>
    /// <exception cref="MedSegException">
    /// The file cannot be read or is not of this network (<c>ModelMismatch</c>), its weights are not finite (<c>WeightsNotFinite</c>), or
    /// the options do not match it (<c>LabelCountMismatch</c>, <c>LabelNameEmpty</c>, <c>LabelNameTwice</c>).
    /// </exception>
    public static SafetensorsFile Import(string path, ModelImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        byte[] content = FileContent.Read(path);
        switch (ModelSignature.FormatOf(content, path))
        {
            case ModelFormat.PyTorch:
                using (var file = TorchFile.Open(content, path))
                {
                    return Import(file, path, options);
                }

            case ModelFormat.Safetensors:
                SafetensorsFile weights = SafetensorsFile.Parse(content, path);
                return CheckpointFile.IsMedSeg(weights)
                    ? throw new FileFormatException(ErrorIds.AlreadyMedSeg, path, "This is already a MedSeg model or checkpoint.") { Advice = "Use it as it is." }
                    : Import(weights, path, options);
            default:
                throw new FileFormatException(ErrorIds.OnnxNotImported, path, "This is an ONNX file. Only .pt and .safetensors files can be imported.")
                {
                    Advice = "Import the file that the ONNX file was exported from.",
                };
        }
    }

    private static SafetensorsFile Import(TorchFile file, string path, ModelImportOptions options)
    {
        var shapes = file.Tensors.ToDictionary(t => t.Key, t => (IReadOnlyList<long>)t.Value.Shape);
        NetworkOptions architecture = WeightShapes.Find(shapes, options.InputSize ?? file.Notes?.Preprocessing.InputSize, path);
        ModelMetadata model = Describe(architecture, file.Notes, path, options) with
        {
            Epoch = file.Epoch ?? 0,
            Origin = file.Epoch is null ? "a PyTorch state dictionary" : "a PyTorch checkpoint",
        };
        return model.ToFile(Weights(architecture, name => file.Read(file.Tensors[name]), path));
    }

    private static SafetensorsFile Import(SafetensorsFile file, string path, ModelImportOptions options)
    {
        NetworkOptions architecture = WeightShapes.Find(file.Tensors.ToDictionary(t => t.Key, t => t.Value.Shape), options.InputSize, path);
        ModelMetadata model = Describe(architecture, null, path, options) with { Origin = "plain safetensors" };
        return model.ToFile(Weights(architecture, name => file.Tensors[name], path));
    }

    private static ModelMetadata Describe(NetworkOptions architecture, DataDescription? notes, string path, ModelImportOptions options)
    {
        IReadOnlyList<string> names = options.LabelNames ?? notes?.LabelNames ?? [.. Enumerable.Range(1, architecture.RoiCount).Select(k => $"ROI {k}")];
        if (names.Count != architecture.RoiCount)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.LabelCountMismatch, $"{path}: The network has {architecture.RoiCount} ROIs, but there are {names.Count} names ({string.Join(", ", names)}).", path)
            {
                Advice = "Give one name for each ROI with -LabelName, in the order of their numbers.",
            };
        }

        InputLimits.RequireLabelNames(names);
        return new ModelMetadata
        {
            Epoch = 0,
            Description = new ModelDescription
            {
                Architecture = architecture,
                Data = new DataDescription
                {
                    LabelNames = names,
                    Preprocessing = new Preprocessing
                    {
                        InputSize = architecture.InputSize,
                        Normalization = options.Normalization ?? notes?.Preprocessing.Normalization ?? Normalization.MinMax,
                        ResizeMode = options.ResizeMode ?? notes?.Preprocessing.ResizeMode ?? ResizeMode.Stretch,
                        PixelSize = options.PixelSize ?? notes?.Preprocessing.PixelSize ?? 0,
                        Channels = ChannelsOf(architecture, notes, path, options),
                        LabelResampling = notes?.Preprocessing.LabelResampling ?? LabelResampling.Area,
                    },
                },
            },
        };
    }

    private static IReadOnlyList<ImageChannel> ChannelsOf(NetworkOptions architecture, DataDescription? notes, string path, ModelImportOptions options)
    {
        IReadOnlyList<ImageChannel> channels = options.Channels.Count > 0 ? options.Channels : notes?.Preprocessing.Channels ?? [];
        if (channels.Count == 0 && architecture.Channels > 1)
        {
            // As nnU-Net names the files of channels.
            channels = [.. Enumerable.Range(0, architecture.Channels).Select(i => new ImageChannel($"channel {i + 1}", $"_{i.ToString("0000", CultureInfo.InvariantCulture)}"))];
        }

        InputLimits.RequireChannels(channels);
        return Math.Max(1, channels.Count) == architecture.Channels
            ? channels
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelsDiffer, $"{path}: The network has {architecture.Channels} {(architecture.Channels == 1 ? "channel" : "channels")}, but {channels.Count} were given ({string.Join(", ", channels.Select(channel => channel.Name))}).", path)
            {
                Advice = "Give one channel for each of the network with -Channel, in their order.",
            };
    }

    private static Dictionary<string, SafetensorsTensor> Weights(NetworkOptions architecture, Func<string, SafetensorsTensor> read, string path)
    {
        var weights = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        foreach (string name in NetworkLayouts.Parameters(architecture).Select(parameter => parameter.Name))
        {
            SafetensorsTensor tensor = read(name);
            weights[name] = tensor.DataType == SafetensorsTensor.SinglePrecision
                ? tensor
                : throw new FileFormatException(ErrorIds.ModelMismatch, path, $"'{name}' has type {tensor.DataType}; expected {SafetensorsTensor.SinglePrecision}.")
                {
                    Advice = "Convert the network to single precision with network.float() in Python, and save it again.",
                };
        }

        FiniteWeights.Require(weights, path);
        return weights;
    }
}
