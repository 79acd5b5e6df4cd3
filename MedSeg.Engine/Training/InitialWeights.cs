using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.UNet;
using MedSeg.Threading;

namespace MedSeg.Training;

/// <summary>Starts a run with the weights of a model, as far as they fit.</summary>
internal static class InitialWeights
{
    /// <summary>Copies the weights of a model into a network that has been initialized.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The path of a MedSeg model or checkpoint.</param>
    /// <param name="wanted">The description of the model to train.</param>
    /// <param name="events">Receives warnings about what does not fit; or null.</param>
    /// <exception cref="MedSegException">
    /// The file cannot be read or is not MedSeg's (<c>NotMedSegModel</c>), its network has another architecture or depth
    /// (<c>InitialModelArchitecture</c>) or another width (<c>InitialModelWidth</c>), or it has the same ROIs in another order (<c>InitialModelOrder</c>).
    /// </exception>
    public static void Load(SegmentationNetwork network, string path, ModelDescription wanted, EngineEvents? events)
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
        RequireArchitecture(architecture, network.Options, path);
        RequireWidth(metadata.Description, network.Options.BaseWidth, path);
        RequireOrder(metadata.Description, wanted, path);
        Dictionary<string, SafetensorsTensor> weights = NetworkWeights.Require(architecture, CheckpointFile.Weights(file), path);
        FiniteWeights.Require(weights, path);
        Warn(metadata.Description, wanted, path, events?.Warning);
        if (architecture.RoiCount != network.Options.RoiCount)
        {
            foreach ((string name, SafetensorsTensor drawn) in network.Parameters.Split(network.Parameters.Values).Where(p => NetworkLayouts.DependsOnRois(architecture.Architecture, p.Key)))
            {
                weights[name] = drawn;
            }
        }

        network.Parameters.Load(weights, path);
        events?.Decision?.Invoke($"Starting with the weights of {path}, epoch {metadata.Epoch}.");
    }

    private static void RequireArchitecture(NetworkOptions model, NetworkOptions wanted, string path)
    {
        if (model.Architecture != wanted.Architecture)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.InitialModelArchitecture, $"{path}: The model is a {model.Architecture}, the network to train is a {wanted.Architecture}.", path)
            {
                Advice = $"Use -Architecture {model.Architecture}, or another initial model.",
            };
        }

        (int depth, int wantedDepth) = (UNetLayout.Levels(model.InputSize), UNetLayout.Levels(wanted.InputSize));
        if (model.Architecture == NetworkArchitecture.UNet && depth != wantedDepth)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.InitialModelArchitecture, $"{path}: The model is a UNet of {depth} levels, the network to train has {wantedDepth}, because the input sizes differ.", path)
            {
                Advice = $"Import the data set with -InputSize {model.InputSize}.",
            };
        }
    }

    private static void RequireWidth(ModelDescription model, int width, string path)
    {
        if (model.Architecture.BaseWidth != width)
        {
            bool isPyramid = model.Architecture.Architecture != NetworkArchitecture.UNet;
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.InitialModelWidth, $"{path}: The model has base width {model.Architecture.BaseWidth}, the network to train has {width}.", path)
            {
                Advice = $"Use -BaseWidth {model.Architecture.BaseWidth}{(isPyramid ? $", or import the data set with -InputSize {model.Preprocessing.InputSize}" : string.Empty)}.",
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
            warn?.Invoke($"{path}: The number of ROIs differs: {differences}. The output layers{(wanted.Architecture.Architecture == NetworkArchitecture.UNet ? string.Empty : " and the layer that reads stage 1's output")} start untrained; all other layers keep the model's weights.");
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
