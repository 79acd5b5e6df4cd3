using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Inference;

/// <summary>A small model that has learned from drawn slices for a moment.</summary>
internal static class TrainedModel
{
    /// <summary>Draws slices into the folder demo, and trains on those of training.</summary>
    /// <param name="folder">The folder to work in.</param>
    /// <param name="epochs">The epochs.</param>
    /// <returns>The path of the model.</returns>
    public static string Train(string folder, int epochs = 1)
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(folder, "demo"), TrainingPatients = 2, HeldOutPatients = 1, SlicesPerPatient = 3 });
        var run = new RunOptions { OutputPath = Path.Combine(folder, "model"), Device = "cpu" };
        _ = new Trainer(Import(folder, "train"), new TrainingOptions { Epochs = epochs, BaseWidth = 2 }, run).Run(null, CancellationToken.None).Last();
        return run.ModelPath;
    }

    /// <summary>Reads the drawn slices.</summary>
    /// <param name="folder">The folder that the model was trained in.</param>
    /// <param name="part">train or heldout.</param>
    public static Dataset Import(string folder, string part) => DatasetImporter.Import(new DatasetOptions
    {
        DicomPath = Path.Combine(folder, "demo", part, "dicoms"),
        LabelPath = Path.Combine(folder, "demo", part, "labels"),
        InputSize = 32,
    });
}
