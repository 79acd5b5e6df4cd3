using MedSeg.Data.Samples;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Tests.Network;
using MedSeg.Training;

namespace MedSeg.Tests.Interchange;

/// <summary>Files of networks to read, and models made of them.</summary>
internal static class InterchangeData
{
    /// <summary>Gets the published program's own checkpoint.</summary>
    public static string SeedCheckpoint { get; } = Path.Combine(AppContext.BaseDirectory, "Golden", "seed_checkpoint", "open_MR_autoseg_model_2.pt");

    /// <summary>Gets the path of a small file that PyTorch wrote; Data/make_data.py makes them.</summary>
    public static string Small(string name) => Path.Combine(AppContext.BaseDirectory, "Interchange", "Data", name);

    /// <summary>Gets golden weights.</summary>
    public static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name, "weights.safetensors");

    /// <summary>Writes a model with the golden weights, as if MedSeg had trained it.</summary>
    public static string WriteModel(string folder, string golden = "pyramid_32_2", string name = "model.safetensors")
    {
        var options = new ModelImportOptions { LabelNames = golden == "pyramid_32_2" ? ["Ψοίτης", "Right \"psoas\""] : null };
        string path = Path.Combine(folder, name);
        Write(path, ModelImporter.Import(Golden(golden), options));
        return path;
    }

    /// <summary>Writes a file.</summary>
    public static void Write(string path, SafetensorsFile file) => Write(path, file.Write);

    /// <summary>Writes a checkpoint.</summary>
    public static void Write(string path, SafetensorsContent content) => Write(path, content.Write);

    private static void Write(string path, Action<Stream> write)
    {
        using FileStream stream = File.Create(path);
        write(stream);
    }

    /// <summary>Gives the weights of a golden case.</summary>
    public static IReadOnlyDictionary<string, SafetensorsTensor> Weights(string golden) => new GoldenCase(golden).Weights().Tensors;

    /// <summary>Asserts that two sets of weights are bit-identical.</summary>
    public static void AssertSame(IReadOnlyDictionary<string, SafetensorsTensor> expected, IReadOnlyDictionary<string, SafetensorsTensor> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, SafetensorsTensor tensor) in expected)
        {
            Assert.Equal(tensor.Shape, actual[name].Shape);
            Assert.True(tensor.Data.Span.SequenceEqual(actual[name].Data.Span), name);
        }
    }

    /// <summary>Reads the metadata of a model.</summary>
    public static ModelMetadata MetadataOf(string path) => ModelMetadata.From(SafetensorsFile.Read(path), path);

    /// <summary>Reads the description of a model, with other names of ROIs or another normalisation.</summary>
    public static ModelDescription DescriptionOf(string path, IReadOnlyList<string>? names = null, Normalization? normalization = null)
    {
        ModelDescription model = MetadataOf(path).Description;
        Preprocessing preprocessing = model.Preprocessing with { Normalization = normalization ?? model.Preprocessing.Normalization };
        return model with { Data = new DataDescription { LabelNames = names ?? model.LabelNames, Preprocessing = preprocessing } };
    }
}
