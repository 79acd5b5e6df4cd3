using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Threading;

namespace MedSeg.Training;

/// <summary>Starts a run with the weights of a model, as far as they fit.</summary>
internal static class InitialWeights
{
    // The layers whose shape depends on the number of ROIs: the outputs, and the layer that reads stage 1's output.
    private static readonly HashSet<string> s_byRoi = new(StringComparer.Ordinal)
    {
        "stage1.map.0.weight", "stage1.map.0.bias", "stage2.map.0.weight", "stage2.map.0.bias", "stage2.encoder1.0.weight",
    };

    /// <summary>Copies the weights of a model into a network that has been initialized.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The path of a MedSeg model or checkpoint.</param>
    /// <param name="wanted">The description of the model to train.</param>
    /// <param name="events">Receives warnings about what does not fit; or null.</param>
    /// <exception cref="MedSegException">
    /// The file cannot be read or is not MedSeg's (<c>NotMedSegModel</c>), its network has another width (<c>InitialModelWidth</c>), or it
    /// has the same ROIs in another order (<c>InitialModelOrder</c>).
    /// </exception>
    public static void Load(PyramidNetwork network, string path, ModelDescription wanted, EngineEvents? events)
    {
        byte[] content = FileContent.Read(path);
        ModelFormat format = ModelSignature.FormatOf(content, path);
        if (format != ModelFormat.Safetensors)
        {
            throw ModelSignature.NotMedSegModel(format, path);
        }

        SafetensorsFile file = SafetensorsFile.Parse(content, path);
        var metadata = ModelMetadata.From(file, path);
        NetworkOptions architecture = metadata.Description.Architecture;
        RequireWidth(metadata.Description, network.Options.BaseWidth, path);
        RequireOrder(metadata.Description, wanted, path);
        Dictionary<string, SafetensorsTensor> weights = NetworkWeights.Require(architecture, CheckpointFile.Weights(file), path);
        FiniteWeights.Require(weights, path);
        Warn(metadata.Description, wanted, path, events?.Warning);
        if (architecture.RoiCount != network.Options.RoiCount)
        {
            foreach ((string name, SafetensorsTensor drawn) in network.Parameters.Split(network.Parameters.Values).Where(p => s_byRoi.Contains(p.Key)))
            {
                weights[name] = drawn;
            }
        }

        network.Parameters.Load(weights, path);
        events?.Decision?.Invoke($"Starting with the weights of {path}, epoch {metadata.Epoch}.");
    }

    private static void RequireWidth(ModelDescription model, int width, string path)
    {
        if (model.Architecture.BaseWidth != width)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.InitialModelWidth, $"{path}: The model has base width {model.Architecture.BaseWidth}, the network to train has {width}.", path)
            {
                Advice = $"Use -BaseWidth {model.Architecture.BaseWidth}, or import the data set with -InputSize {model.Preprocessing.InputSize}.",
            };
        }
    }

    // The network would have to unlearn which ROI is which, for example left and right.
    private static void RequireOrder(ModelDescription model, ModelDescription wanted, string path)
    {
        if (wanted.Data.IsReordered(model.Data))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.InitialModelOrder, $"{path}: The data set has the model's ROIs in another order: {string.Join("; ", wanted.Data.Differences(model.Data, "the data set", "the model"))}.", path)
            {
                Advice = wanted.Data.AdviceFor(model.Data),
            };
        }
    }

    private static void Warn(ModelDescription model, ModelDescription wanted, string path, Action<string>? warn)
    {
        string differences = string.Join("; ", wanted.Data.Differences(model.Data, "the data set", "the model"));
        if (model.LabelNames.Count != wanted.LabelNames.Count)
        {
            warn?.Invoke($"{path}: The number of ROIs differs: {differences}. The output layers and the layer that reads stage 1's output start untrained; all other layers keep the model's weights.");
        }
        else if (!model.Data.HasSameNames(wanted.Data))
        {
            warn?.Invoke($"{path}: The names of the ROIs differ: {differences}. ROIs with the same number are treated as the same ROI. Check that they are.");
        }

        if ((model.Preprocessing with { InputSize = 0, LabelResampling = default }) != (wanted.Preprocessing with { InputSize = 0, LabelResampling = default }))
        {
            warn?.Invoke($"{path}: The preprocessing differs, so the first epochs will be worse: {differences}. Import the data set with the model's -Normalization, -ResizeMode and -PixelSize.");
        }
    }
}
