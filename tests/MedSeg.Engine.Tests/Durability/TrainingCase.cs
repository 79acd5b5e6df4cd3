using System.Text.Json.Nodes;
using MedSeg.Data;
using MedSeg.Files.Safetensors;
using MedSeg.Training;
using MedSeg.Training.Integrity;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Durability;

/// <summary>A training of three epochs with everything that a run writes. After an interruption it is resumed.</summary>
internal sealed class TrainingCase : CrashCase
{
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 3, BatchSize = 2, LearningRate = 1e-3, ReportInterval = 1, ValidationFraction = 0.4, CheckpointInterval = 1, BaseWidth = 2, Seed = 3,
    };

    private readonly Dataset _dataset;
    private readonly byte[] _checkpoint;
    private readonly byte[] _model;
    private readonly byte[] _best;
    private readonly double[] _losses;

    public TrainingCase(Dataset dataset, string reference)
    {
        _dataset = dataset;
        Run(reference);
        RunOptions run = To(reference);
        (_checkpoint, _model, _best) = (Tensors(run.CheckpointPath), Tensors(run.ModelPath), Tensors(run.BestPath));
        _losses = Losses(run.CheckpointPath);
    }

    public override string Name => "training";

    public override void Run(string folder) => Run(_dataset, folder);

    /// <summary>Starts the training.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="folder">The absolute path.</param>
    public static void Run(Dataset dataset, string folder) => Train(dataset, To(folder));

    public override void Check(string folder)
    {
        RunOptions run = To(folder);
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.safetensors") : [])
        {
            _ = Checkpoint.Read(path);
        }

        Resume(folder);

        Assert.Equal(_losses, Losses(run.CheckpointPath));
        Assert.True(_checkpoint.AsSpan().SequenceEqual(Tensors(run.CheckpointPath)), "The checkpoint is another one.");
        Assert.True(_model.AsSpan().SequenceEqual(Tensors(run.ModelPath)), "The model is another one.");
        Assert.True(_best.AsSpan().SequenceEqual(Tensors(run.BestPath)), "The best checkpoint is another one.");
        Assert.Empty(Directory.GetFiles(folder, "*.partial"));
        Assert.All(RunCheck.Check(run), file => Assert.True(file.State == RunFileState.Ok || file.Kind == RunFileKind.TensorBoard, $"{file.Path}: {file.Finding}"));
        Assert.Equal([1, 2, 3], LoggedEpochs(run.LogPath).Order());
        Assert.Equal(RunState.Finished, RunInfo.Read(run.StatusPath)!.State);
    }

    /// <summary>Resumes the training, or starts it.</summary>
    /// <param name="folder">The absolute path.</param>
    public void Resume(string folder) => Train(_dataset, To(folder) with { Resume = true });

    private static RunOptions To(string folder) => new() { OutputPath = folder, Device = "cpu", TensorBoard = true };

    private static byte[] Tensors(string path) =>
        [.. SafetensorsFile.Read(path).Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).SelectMany(tensor => tensor.Value.Data.ToArray())];

    private static double[] Losses(string path) => [.. Checkpoint.Read(path).State.History.Select(record => record.Loss)];

    private static IEnumerable<int> LoggedEpochs(string path) =>
        File.ReadAllLines(path).Select(line => JsonNode.Parse(line)!).Where(entry => (string)entry["event"]! == "epoch").Select(entry => (int)entry["epoch"]!);

    private static void Train(Dataset dataset, RunOptions run)
    {
        foreach (EpochRecord record in new Trainer(dataset, s_options, run).Run())
        {
            Assert.True(double.IsFinite(record.Loss));
        }
    }
}
