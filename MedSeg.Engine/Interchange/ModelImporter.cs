using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Interchange;

/// <summary>Makes a MedSeg model of the weights that another program wrote.</summary>
public static class ModelImporter
{
    /// <summary>Reads weights and describes them as a MedSeg model.</summary>
    /// <param name="path">The absolute path: a .pt file of torch.save, or safetensors with the same names.</param>
    /// <param name="options">What the file does not say.</param>
    /// <returns>The model's file, to be written.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or holds another network, or the options do not fit it.</exception>
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
                return weights.Metadata.ContainsKey(Checkpoint.StateKey)
                    ? throw new FileFormatException("AlreadyMedSeg", path, "this is a MedSeg file already: use it as it is.")
                    : Import(weights, path, options);
            default:
                throw new FileFormatException("OnnxNotImported", path, "this is an ONNX file, from which no model is imported. Import the .pt or .safetensors file that it was made from.");
        }
    }

    private static SafetensorsFile Import(TorchFile file, string path, ModelImportOptions options)
    {
        NetworkOptions architecture = WeightShapes.Find(file.Tensors.ToDictionary(t => t.Key, t => (IReadOnlyList<long>)t.Value.Shape), options.InputSize ?? file.Notes?.InputSize, path);
        Checkpoint state = Describe(architecture, file.Epoch ?? 0, file.Notes, path, options, file.Epoch is null ? "a PyTorch state dictionary" : "a PyTorch checkpoint");
        return state.ToModel(PyramidLayout.Parameters(architecture).Select(p => KeyValuePair.Create(p.Name, RequireFinite(p.Name, file.Read(file.Tensors[p.Name]), path))));
    }

    private static SafetensorsFile Import(SafetensorsFile file, string path, ModelImportOptions options)
    {
        NetworkOptions architecture = WeightShapes.Find(file.Tensors.ToDictionary(t => t.Key, t => t.Value.Shape), options.InputSize, path);
        Checkpoint state = Describe(architecture, 0, null, path, options, "plain safetensors");
        return state.ToModel(PyramidLayout.Parameters(architecture).Select(p => KeyValuePair.Create(p.Name, RequireFinite(p.Name, file.Tensors[p.Name], path))));
    }

    private static Checkpoint Describe(NetworkOptions architecture, int epoch, TorchNotes? notes, string path, ModelImportOptions options, string origin)
    {
        IReadOnlyList<string> names = options.LabelNames ?? notes?.LabelNames ?? [.. Enumerable.Range(1, architecture.RoiCount).Select(k => $"ROI {k}")];
        if (names.Count != architecture.RoiCount)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "LabelCountMismatch", $"{path}: the network has {architecture.RoiCount} ROIs, and {names.Count} names were given ({string.Join(", ", names)}). Give one name for each, in the order of their numbers.", path);
        }

        return new Checkpoint
        {
            Epoch = epoch,
            StepInEpoch = 0,
            LossSum = 0,
            DiceLossSum = 0,
            Steps = 0,
            Options = new TrainingOptions { Epochs = epoch, BaseWidth = architecture.BaseWidth * NetworkOptions.SizeMultiple == architecture.InputSize ? 0 : architecture.BaseWidth },
            LabelNames = names,
            InputSize = architecture.InputSize,
            Normalization = options.Normalization ?? notes?.Normalization ?? Normalization.MinMax,
            ResizeMode = options.ResizeMode ?? notes?.ResizeMode ?? ResizeMode.Stretch,
            Run = Guid.NewGuid().ToString("N"),
            TrainingSlices = 0,
            ValidationSlices = 0,
            History = [],
            Origin = origin,
        };
    }

    private static SafetensorsTensor RequireFinite(string name, SafetensorsTensor tensor, string path)
    {
        if (tensor.DataType != SafetensorsTensor.SinglePrecision)
        {
            throw new FileFormatException("ModelMismatch", path, $"'{name}' is of the type {tensor.DataType}, expected {SafetensorsTensor.SinglePrecision}. Save the network again with single precision (network.float()).");
        }

        foreach (float value in tensor.AsFloats())
        {
            if (!float.IsFinite(value))
            {
                throw new FileFormatException("WeightsNotFinite", path, $"the weights hold {value} in '{name}': the training that made them went wrong. Take an earlier checkpoint.");
            }
        }

        return tensor;
    }
}
