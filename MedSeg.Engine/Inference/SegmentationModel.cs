using MedSeg.Interchange;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Inference;

/// <summary>A trained model as its file holds it: weights, and how images are prepared for them. No torch is needed to read it.</summary>
internal sealed record SegmentationModel
{
    /// <summary>Gets the absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the form of the network.</summary>
    public required NetworkOptions Form { get; init; }

    /// <summary>Gets the names of the ROIs 1 to K.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets how intensities are normalised.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Gets how slices are resized.</summary>
    public required ResizeMode ResizeMode { get; init; }

    /// <summary>Gets what the training slices look like; null where the file does not say.</summary>
    public TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets the weights by name, and maybe more.</summary>
    public required IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; init; }

    /// <summary>Reads a model, or a checkpoint as a model.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileFormatException">
    /// The file is truncated, damaged, of another version, no model (<c>Safetensors…</c>, <c>Checkpoint…</c>), or its weights are
    /// those of another network than it states (<c>ModelMismatch</c>).
    /// </exception>
    /// <exception cref="MedSegException">The file is not there or cannot be read.</exception>
    public static SegmentationModel Read(string path)
    {
        (Checkpoint state, SafetensorsFile file) = Checkpoint.Read(path);
        NetworkOptions form = NetworkOptions.Published(state.InputSize, state.LabelNames.Count) with { DropoutRate = 0 };
        form = state.Options.BaseWidth > 0 ? form with { BaseWidth = state.Options.BaseWidth } : form;
        try
        {
            form.Validate();
        }
        catch (MedSegException e)
        {
            throw new FileFormatException("ModelMismatch", path, $"the file states a network that cannot be: {e.Message}", null, e);
        }

        Require(form, file, path);
        return new SegmentationModel
        {
            Path = path,
            Form = form,
            LabelNames = state.LabelNames,
            Normalization = state.Normalization,
            ResizeMode = state.ResizeMode,
            TrainingData = state.TrainingData,
            Tensors = Checkpoint.Weights(file),
        };
    }

    private static void Require(NetworkOptions form, SafetensorsFile file, string path)
    {
        foreach (ParameterShape parameter in PyramidLayout.Parameters(form))
        {
            SafetensorsTensor? tensor = file.Tensors.GetValueOrDefault(parameter.Name);
            if (tensor is null || !tensor.Shape.SequenceEqual(parameter.Shape))
            {
                string found = tensor is null ? "missing" : $"[{string.Join(", ", tensor.Shape)}]";
                throw new FileFormatException("ModelMismatch", path, $"the file states {form.RoiCount} ROIs and a base width of {form.BaseWidth}, for which '{parameter.Name}' is [{string.Join(", ", parameter.Shape)}], but it is {found}. The file was put together of parts that do not belong together; take the one that training wrote.");
            }
        }
    }
}
