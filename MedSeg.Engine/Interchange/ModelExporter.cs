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
    /// <param name="format">The format. Safetensors turns a checkpoint into a model.</param>
    /// <param name="outputPath">The absolute path of the file to write; an existing file is replaced.</param>
    /// <exception cref="MedSegException">The model cannot be read, or the file cannot be written.</exception>
    public static void Export(string path, ModelFormat format, string outputPath)
    {
        byte[] content = FileContent.Read(path);
        ModelFormat found = ModelSignature.FormatOf(content, path);
        if (found != ModelFormat.Safetensors)
        {
            throw ModelSignature.NotMedSegModel(found, path);
        }

        SafetensorsFile file = SafetensorsFile.Parse(content, path);
        ModelMetadata model = CheckpointFile.IsMedSeg(file) ? ModelMetadata.From(file, path) : throw ModelSignature.NotMedSegModel(found, path);
        Dictionary<string, SafetensorsTensor> weights = NetworkWeights.Require(model.Description.Architecture, CheckpointFile.Weights(file), path);
        FiniteWeights.Require(weights, path);
        switch (format)
        {
            case ModelFormat.Onnx:
                byte[] onnx = OnnxWriter.Write(model, weights);
                AtomicFile.Write(outputPath, stream => stream.Write(onnx));
                break;
            case ModelFormat.PyTorch:
                AtomicFile.Write(outputPath, stream => TorchWriter.Write(stream, model, weights));
                break;
            default:
                AtomicFile.Write(outputPath, model.ToFile(weights).Write);
                break;
        }
    }
}
