using System.Runtime.InteropServices;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Training;
using MedSeg.Training.Batches;

namespace MedSeg.Benchmarks;

/// <summary>The data that steps are measured with: a demo data set, and one augmented batch of it in a file.</summary>
internal sealed class TrainData : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("medseg-train");

    /// <summary>Initializes a new instance of the <see cref="TrainData"/> class and makes the data set.</summary>
    public TrainData() => DemoDataset.Create(new DemoDatasetOptions { Root = Folder, TrainingPatients = 5, HeldOutPatients = 0, SlicesPerPatient = 4, Size = 256 });

    /// <summary>Gets the folder of the data set.</summary>
    public string Folder => Path.Combine(_root.FullName, "data");

    /// <summary>Reads the data set.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="size">The side S.</param>
    public static Dataset Import(string folder, int size) => DatasetImporter.Import(new DatasetOptions
    {
        DicomPath = Path.Combine(folder, "train", "dicoms"),
        LabelPath = Path.Combine(folder, "train", "labels"),
        InputSize = size,
    });

    /// <summary>Writes a batch: all images, float32, then all labels, uint8.</summary>
    /// <param name="size">The side S.</param>
    /// <param name="count">The number of slices.</param>
    /// <returns>The path.</returns>
    public string WriteBatch(int size, int count)
    {
        var source = new BatchSampler(Import(Folder, size).Samples, new InputShape(1, size), new TrainingOptions { BatchSize = count }.Batches);
        HostBatch batch = source.Augment(epoch: 1, step: 0);
        string path = Path.Combine(_root.FullName, $"batch{size}");
        using FileStream file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes(batch.Images.AsSpan()));
        file.Write(batch.Labels!);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Delete(recursive: true);
}
