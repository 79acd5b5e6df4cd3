using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inspection;
using MedSeg.Interchange.Onnx;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Training;

namespace MedSeg.Inference.Backends;

/// <summary>A trained model as its file holds it: the weights and how images are prepared. Reading it does not need torch.</summary>
internal sealed record SegmentationModel
{
    // The weights do not depend on it, so an edited file can state any size.
    private const int LargestSize = 2048;

    // Measured with the narrowest network: 3.3 GB for 4096 × 4096 pixels.
    private const double BytesPerPixel = 200;

    /// <summary>Gets the absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets what must be known to use the model.</summary>
    public required ModelDescription Description { get; init; }

    /// <summary>Gets the architecture of the network.</summary>
    public NetworkOptions Architecture => Description.Architecture;

    /// <summary>Gets the names of the ROIs 1 to K.</summary>
    public IReadOnlyList<string> LabelNames => Description.LabelNames;

    /// <summary>Gets how intensities are normalised.</summary>
    public Normalization Normalization => Description.Preprocessing.Normalization;

    /// <summary>Gets the profile of the training slices; null if the file has none.</summary>
    public TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets how MedSeg trained the model; null for an imported one.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>Gets the weights by name; empty if an ONNX file holds them.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; init; } = new Dictionary<string, SafetensorsTensor>();

    /// <summary>Gets the content of an ONNX file, network and weights; null for other files.</summary>
    public byte[]? Onnx { get; init; }

    /// <summary>Reads a model, a checkpoint as a model, or an ONNX file that MedSeg exported.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileFormatException">
    /// The file is truncated, damaged, of another version or not a model (<c>Safetensors…</c>, <c>Checkpoint…</c>, <c>Onnx…</c>,
    /// <c>NotMedSegModel</c>), its weights are not finite (<c>WeightsNotFinite</c>) or not those of the network that it describes
    /// (<c>ModelMismatch</c>).
    /// </exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static SegmentationModel Read(string path)
    {
        byte[] content = FileContent.Read(path);
        ModelFormat format = ModelSignature.FormatOf(content, path);
        switch (format)
        {
            case ModelFormat.Onnx:
                return Of(OnnxReader.Read(content, path), path) with { Onnx = content };
            case ModelFormat.PyTorch:
                throw ModelSignature.NotMedSegModel(format, path);
            default:
                SafetensorsFile file = SafetensorsFile.Parse(content, path);
                SegmentationModel model = Of(ModelMetadata.From(file, path), path);
                Dictionary<string, SafetensorsTensor> weights = NetworkWeights.Require(model.Architecture, CheckpointFile.Weights(file), path);
                FiniteWeights.Require(weights, path);
                return model with { Tensors = weights };
        }
    }

    private static SegmentationModel Of(ModelMetadata model, string path)
    {
        int size = model.Description.Architecture.InputSize;
        if (size > LargestSize)
        {
            MemoryBudget.Require(BytesPerPixel * size * size, $"The network's input of {size} × {size} pixels", path);
        }

        return new SegmentationModel
        {
            Path = path,
            Description = model.Description with { Architecture = model.Description.Architecture with { DropoutRate = 0 } },
            TrainingData = model.Training?.TrainingData,
            Training = model.Training,
        };
    }
}
