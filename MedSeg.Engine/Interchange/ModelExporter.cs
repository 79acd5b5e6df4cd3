using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Interchange.Onnx;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Interchange;

/// <summary>Writes a MedSeg model for other programs.</summary>
public static class ModelExporter
{
    /// <summary>Writes a model in another format.</summary>
    /// <param name="path">The absolute path of a MedSeg model or checkpoint.</param>
    /// <param name="format">The format.</param>
    /// <param name="outputPath">The absolute path of the file to write; one that stands there is replaced.</param>
    /// <exception cref="MedSegException">The model cannot be read, or the file not written.</exception>
    public static void Export(string path, ModelFormat format, string outputPath)
    {
        byte[] content = FileContent.Read(path);
        if (ModelSignature.FormatOf(content, path) != ModelFormat.Safetensors)
        {
            throw NotMedSeg(path);
        }

        SafetensorsFile file = SafetensorsFile.Parse(content, path);
        Checkpoint state = file.Metadata.ContainsKey(Checkpoint.StateKey) ? Checkpoint.From(file, path) : throw NotMedSeg(path);
        NetworkOptions architecture = state.Architecture(path);
        Dictionary<string, SafetensorsTensor> weights = NetworkWeights.Require(architecture, Checkpoint.Weights(file), path);
        if (format == ModelFormat.Onnx)
        {
            byte[] model = OnnxWriter.Write(state, weights, path);
            AtomicFile.Write(outputPath, stream => stream.Write(model));
        }
        else if (format == ModelFormat.PyTorch)
        {
            AtomicFile.Write(outputPath, stream => TorchWriter.Write(stream, state, architecture, weights));
        }
        else
        {
            // What a checkpoint has beside its weights stays behind.
            AtomicFile.Write(outputPath, state.ToModel(weights).Write);
        }
    }

    private static FileFormatException NotMedSeg(string path) =>
        new("NotMedSegModel", path, "this is no MedSeg model or checkpoint, which alone are exported. Make one of it with Import-MedSegModel.");
}
