using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Interchange.Onnx;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Interchange;

/// <summary>Tells what a model's file is and holds, without loading torch.</summary>
public static class ModelFile
{
    /// <summary>Describes a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>What it says of the network.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or is none of a model.</exception>
    public static ModelInfo Describe(string path)
    {
        byte[] content = FileContent.Read(path);
        return ModelSignature.FormatOf(content, path) switch
        {
            ModelFormat.PyTorch => DescribeTorch(content, path),
            ModelFormat.Onnx => Describe(OnnxReader.ReadState(content, path), path, ModelKind.Onnx),
            _ => DescribeSafetensors(SafetensorsFile.Parse(content, path), path),
        };
    }

    private static ModelInfo DescribeSafetensors(SafetensorsFile file, string path)
    {
        if (file.Metadata.ContainsKey(Checkpoint.StateKey))
        {
            return Describe(Checkpoint.From(file, path), path, Checkpoint.CanGoOn(file) ? ModelKind.Checkpoint : ModelKind.Model);
        }

        return Describe(WeightShapes.Find(file.Tensors.ToDictionary(t => t.Key, t => t.Value.Shape), null, path), path, ModelKind.Weights);
    }

    private static ModelInfo DescribeTorch(byte[] content, string path)
    {
        using var file = TorchFile.Open(content, path);
        ModelInfo info = Describe(WeightShapes.Find(file.Tensors.ToDictionary(t => t.Key, t => (IReadOnlyList<long>)t.Value.Shape), file.Notes?.InputSize, path), path, ModelKind.PyTorch);
        return info with
        {
            Epoch = file.Epoch,
            LabelNames = file.Notes?.LabelNames ?? [],
            Normalization = file.Notes?.Normalization,
            ResizeMode = file.Notes?.ResizeMode,
        };
    }

    private static ModelInfo Describe(NetworkOptions architecture, string path, ModelKind kind) => new()
    {
        Path = path,
        Kind = kind,
        RoiCount = architecture.RoiCount,
        LabelNames = [],
        InputSize = architecture.InputSize,
        BaseWidth = architecture.BaseWidth,
        Parameters = PyramidLayout.CountParameters(architecture),
    };

    private static ModelInfo Describe(Checkpoint state, string path, ModelKind kind)
    {
        EpochRecord? validated = state.History.LastOrDefault(record => record.ValidationDice is not null);
        return Describe(state.Architecture(path), path, kind) with
        {
            Epoch = state.Epoch,
            LabelNames = state.LabelNames,
            Normalization = state.Normalization,
            ResizeMode = state.ResizeMode,
            ValidationDice = validated?.ValidationDice,
            ValidationDiceByRoi = validated?.ValidationDiceByRoi,
            BestValidationDice = state.History.Max(record => record.ValidationDice),
            TrainingSlices = state.Origin is null ? state.TrainingSlices : null,
            ValidationSlices = state.Origin is null ? state.ValidationSlices : null,
            Options = state.Origin is null ? state.Options : null,
            Written = state.Written?.ToLocalTime(),
            Software = state.Software,
            Device = state.History is [.., var last] ? last.Device : null,
            Origin = state.Origin is null ? null : string.Create(CultureInfo.InvariantCulture, $"imported from {state.Origin}"),
        };
    }
}
