using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inspection;
using MedSeg.Interchange.Onnx;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Inference.Backends;

/// <summary>A trained model as its file holds it: weights, and how images are prepared for them. No torch is needed to read it.</summary>
internal sealed record SegmentationModel
{
    /// <summary>Gets the absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the form of the network.</summary>
    public required NetworkOptions Architecture { get; init; }

    /// <summary>Gets the names of the ROIs 1 to K.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets how intensities are normalised.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public required ResizeMode ResizeMode { get; init; }

    /// <summary>Gets what the training slices look like; null where the file does not say.</summary>
    public TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets the weights by name; empty where an ONNX file holds them.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; init; } = new Dictionary<string, SafetensorsTensor>();

    /// <summary>Gets the content of the file where it is an ONNX file, network and weights; else null.</summary>
    public byte[]? Onnx { get; init; }

    /// <summary>Reads a model, a checkpoint as a model, or an ONNX file that MedSeg exported.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileFormatException">
    /// The file is truncated, damaged, of another version, no model (<c>Safetensors…</c>, <c>Checkpoint…</c>, <c>Onnx…</c>), or its weights are
    /// those of another network than it states (<c>ModelMismatch</c>).
    /// </exception>
    /// <exception cref="MedSegException">The file is not there or cannot be read.</exception>
    public static SegmentationModel Read(string path)
    {
        byte[] content = FileContent.Read(path);
        switch (ModelSignature.FormatOf(content, path))
        {
            case ModelFormat.Onnx:
                return Of(OnnxReader.ReadState(content, path), path) with { Onnx = content };
            case ModelFormat.PyTorch:
                throw new FileFormatException("NotMedSegModel", path, "this is a PyTorch file. Make a model of it with Import-MedSegModel.");
            default:
                SafetensorsFile file = SafetensorsFile.Parse(content, path);
                SegmentationModel model = Of(Checkpoint.From(file, path), path);
                return model with { Tensors = NetworkWeights.Require(model.Architecture, Checkpoint.Weights(file), path) };
        }
    }

    private static SegmentationModel Of(Checkpoint state, string path) => new()
    {
        Path = path,
        Architecture = state.Architecture(path) with { DropoutRate = 0 },
        LabelNames = state.LabelNames,
        Normalization = state.Normalization,
        ResizeMode = state.ResizeMode,
        TrainingData = state.TrainingData,
    };
}
