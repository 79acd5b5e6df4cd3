using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Interchange.Onnx;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Training;

namespace MedSeg.Interchange;

/// <summary>Describes model files, without loading torch.</summary>
public static class ModelFile
{
    private static readonly string[] s_extensions = [".safetensors", ".onnx", ".pt"];

    /// <summary>Lists the files of a folder that may be models by their extension, .safetensors, .onnx or .pt, in the order of their names.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <returns>The absolute paths.</returns>
    /// <exception cref="MedSegException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> ListIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Where(IsModelName).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FileUnreadable, $"{folder}: The folder could not be read: {e.Message}", folder, e) { Advice = "Check that you may read the folder." };
        }
    }

    /// <summary>Says whether a file has the extension of a model: .safetensors, .onnx or .pt.</summary>
    /// <param name="path">The name or path.</param>
    public static bool IsModelName(string path) => s_extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Describes a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>What the file says of its network.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or is not a model.</exception>
    public static ModelInfo Describe(string path)
    {
        byte[] content = FileContent.Read(path);
        return ModelSignature.FormatOf(content, path) switch
        {
            ModelFormat.PyTorch => DescribeTorch(content, path),
            ModelFormat.Onnx => Describe(OnnxReader.Read(content, path), path, ModelKind.Onnx),
            _ => DescribeSafetensors(SafetensorsFile.Parse(content, path), path),
        };
    }

    private static ModelInfo DescribeSafetensors(SafetensorsFile file, string path)
    {
        if (CheckpointFile.IsMedSeg(file))
        {
            return Describe(ModelMetadata.From(file, path), path, CheckpointFile.CanResume(file) ? ModelKind.Checkpoint : ModelKind.Model);
        }

        var shapes = file.Tensors.ToDictionary(t => t.Key, t => t.Value.Shape);
        return Describe(WeightShapes.Find(shapes, null, path), path, ModelKind.Weights);
    }

    private static ModelInfo DescribeTorch(byte[] content, string path)
    {
        using var file = TorchFile.Open(content, path);
        var shapes = file.Tensors.ToDictionary(t => t.Key, t => (IReadOnlyList<long>)t.Value.Shape);
        return Describe(WeightShapes.Find(shapes, file.Notes?.Preprocessing.InputSize, path), path, ModelKind.PyTorch) with
        {
            Epoch = file.Epoch,
            LabelNames = file.Notes?.LabelNames ?? [],
            Normalization = file.Notes?.Preprocessing.Normalization,
            ResizeMode = file.Notes?.Preprocessing.ResizeMode,
            PixelSize = file.Notes?.Preprocessing.PixelSize,
            Channels = file.Notes?.Preprocessing.Channels.ToArray() ?? [],
            LabelResampling = file.Notes?.Preprocessing.LabelResampling,
        };
    }

    private static ModelInfo Describe(NetworkOptions architecture, string path, ModelKind kind) => new()
    {
        Path = path,
        Kind = kind,
        RoiCount = architecture.RoiCount,
        LabelNames = [],
        InputSize = architecture.InputSize,
        Architecture = architecture.Architecture,
        BaseWidth = architecture.BaseWidth,
        Parameters = NetworkLayouts.CountParameters(architecture),
    };

    private static ModelInfo Describe(ModelMetadata model, string path, ModelKind kind)
    {
        IReadOnlyList<EpochRecord> history = model.Training?.History ?? [];
        EpochRecord? validated = history.LastOrDefault(record => record.ValidationDice is not null);
        return Describe(model.Description.Architecture, path, kind) with
        {
            Epoch = model.Epoch,
            LabelNames = model.Description.LabelNames,
            Normalization = model.Description.Preprocessing.Normalization,
            ResizeMode = model.Description.Preprocessing.ResizeMode,
            PixelSize = model.Description.Preprocessing.PixelSize,
            Channels = model.Description.Preprocessing.Channels.ToArray(),
            LabelResampling = model.Description.Preprocessing.LabelResampling,
            SliceAxis = model.Training?.TrainingData?.SliceAxis,
            PostProcessing = model.Description.PostProcessing,
            Calibration = model.Description.Calibration,
            ValidationDice = validated?.ValidationDice,
            ValidationDiceByRoi = validated?.ValidationDiceByRoi,
            BestValidationDice = history.Max(record => record.ValidationDice),
            TrainingSlices = model.Training?.TrainingSlices,
            ValidationSlices = model.Training?.ValidationSlices,
            Options = model.Training?.Options,
            Written = model.Written?.ToLocalTime(),
            Software = model.Software,
            Device = history is [.., var last] ? last.Device : null,
            Origin = model.Origin is null ? null : string.Create(CultureInfo.InvariantCulture, $"imported from {model.Origin}"),
        };
    }
}
