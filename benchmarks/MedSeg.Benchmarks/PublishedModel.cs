using MedSeg.Files.Safetensors;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;

namespace MedSeg.Benchmarks;

/// <summary>A model of the published form with random weights: what is measured does not depend on them.</summary>
internal static class PublishedModel
{
    /// <summary>The side S of its input.</summary>
    public const int Size = 256;

    /// <summary>The number K of its ROIs.</summary>
    public const int RoiCount = 6;

    /// <summary>Writes the model as safetensors, for PyTorch and as ONNX.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="size">The side S.</param>
    /// <returns>The paths.</returns>
    public static (string Safetensors, string PyTorch, string Onnx) Write(string folder, int size = Size)
    {
        string weights = Path.Combine(folder, "weights.safetensors");
        string model = Path.Combine(folder, "model.safetensors");
        Write(weights, new SafetensorsFile(Weights(size), new Dictionary<string, string>()));
        Write(model, ModelImporter.Import(weights, new ModelImportOptions()));
        string torch = Path.ChangeExtension(model, ".pt");
        string onnx = Path.ChangeExtension(model, ".onnx");
        ModelExporter.Export(model, ModelFormat.PyTorch, torch);
        ModelExporter.Export(model, ModelFormat.Onnx, onnx);
        return (model, torch, onnx);
    }

    // As new layers are filled: uniform within ±1/√fan-in, PReLU slopes 0.25.
    private static Dictionary<string, SafetensorsTensor> Weights(int size)
    {
        var random = new Random(1);
        var tensors = new Dictionary<string, SafetensorsTensor>();
        foreach (ParameterShape shape in PyramidLayout.Parameters(NetworkOptions.Published(size, RoiCount)))
        {
            float[] values = new float[shape.Length];
            double bound = shape.FanIn == 0 ? 0 : 1 / Math.Sqrt(shape.FanIn);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = shape.FanIn == 0 ? 0.25f : (float)(((2 * random.NextDouble()) - 1) * bound);
            }

            tensors.Add(shape.Name, SafetensorsTensor.FromFloats(shape.Shape, values));
        }

        return tensors;
    }

    private static void Write(string path, SafetensorsFile file)
    {
        using FileStream stream = File.Create(path);
        file.Write(stream);
    }
}
