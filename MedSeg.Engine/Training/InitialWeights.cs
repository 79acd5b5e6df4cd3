using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Threading;

namespace MedSeg.Training;

/// <summary>Begins a run with the weights of a model, as far as they fit.</summary>
internal static class InitialWeights
{
    // The layers whose form is a matter of the number of ROIs: the outputs, and what reads stage 1's.
    private static readonly HashSet<string> s_byRoi = new(StringComparer.Ordinal)
    {
        "stage1.map.0.weight", "stage1.map.0.bias", "stage2.map.0.weight", "stage2.map.0.bias", "stage2.encoder1.0.weight",
    };

    /// <summary>Takes the weights of a model over a network that was filled already.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The path of a MedSeg model or checkpoint.</param>
    /// <param name="wanted">The state that the run begins with.</param>
    /// <param name="observer">Is told what does not fit.</param>
    /// <exception cref="MedSegException">The file cannot be read, is none of MedSeg's, or its network has another width.</exception>
    public static void Load(PyramidNetwork network, string path, Checkpoint wanted, EngineEvents? observer)
    {
        byte[] content = FileContent.Read(path);
        if (ModelSignature.FormatOf(content, path) != ModelFormat.Safetensors)
        {
            throw new FileFormatException("NotMedSegModel", path, "this is no MedSeg model. Make one of it with Import-MedSegModel.");
        }

        SafetensorsFile file = SafetensorsFile.Parse(content, path);
        var model = Checkpoint.From(file, path);
        NetworkOptions architecture = model.Architecture(path);
        if (architecture.BaseWidth != network.Options.BaseWidth)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "InitialModelWidth", $"{path}: the model has the base width {architecture.BaseWidth}, and the network to train {network.Options.BaseWidth}. Give -BaseWidth {architecture.BaseWidth}, or import the data set with -InputSize {model.InputSize}.", path);
        }

        Dictionary<string, SafetensorsTensor> weights = NetworkWeights.Require(architecture, Checkpoint.Weights(file), path);
        Warn(model, wanted, path, observer?.Warning);
        if (architecture.RoiCount != network.Options.RoiCount)
        {
            foreach ((string name, SafetensorsTensor drawn) in network.Parameters.Split(network.Parameters.Values).Where(p => s_byRoi.Contains(p.Key)))
            {
                weights[name] = drawn;
            }
        }

        network.Parameters.Load(weights, path);
        observer?.Decision?.Invoke($"Beginning with the weights of {path}, of epoch {model.Epoch}.");
    }

    private static void Warn(Checkpoint model, Checkpoint wanted, string path, Action<string>? warn)
    {
        string before = string.Join(", ", model.LabelNames);
        string now = string.Join(", ", wanted.LabelNames);
        if (model.LabelNames.Count != wanted.LabelNames.Count)
        {
            warn?.Invoke($"{path}: the model has {model.LabelNames.Count} ROIs ({before}), the data set {wanted.LabelNames.Count} ({now}): the output layers, and the one that reads stage 1's probabilities, start anew; all others go on.");
        }
        else if (before != now)
        {
            warn?.Invoke($"{path}: the model's ROIs are {before}, the data set's {now}, and are taken for the same in that order. Check that they are.");
        }

        if (model.Normalization != wanted.Normalization || model.ResizeMode != wanted.ResizeMode)
        {
            warn?.Invoke($"{path}: the model was made for {model.Normalization} and {model.ResizeMode}, the data set has {wanted.Normalization} and {wanted.ResizeMode}: the first epochs will be worse. Import the data set with the model's -Normalization and -ResizeMode.");
        }
    }
}
