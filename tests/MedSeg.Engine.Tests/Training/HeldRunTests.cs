using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Tests.Files;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Integrity;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>Trainings whose files a virus scanner, a backup or a viewer has open.</summary>
public sealed class HeldRunTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 3, BatchSize = 4, LearningRate = 1e-3, ReportInterval = 1, ValidationFraction = 0.4, CheckpointInterval = 1, BaseWidth = 2, Seed = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly List<string> _warnings = [];
    private readonly Dataset _dataset;

    public HeldRunTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
        FileRetry.Current = new FileRetry(new ImmediateClock(), TimeSpan.Zero);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_file_may_be_held_from_the_first_epoch_on_and_the_run_ends_with_the_same_model()
    {
        _ = Train(To("whole")).Last();
        string[] held = ["medseg.checkpoint.safetensors", "medseg.best.safetensors", "medseg.run.json", "medseg.log.jsonl", "medseg.safetensors", "medseg.checkpoint-1.safetensors"];
        RunOptions run = To("run");
        Directory.CreateDirectory(run.OutputPath);
        HoldFrom(run, held);

        EpochRecord last = Train(run).Last();

        Assert.Equal(Path.Combine(run.OutputPath, "medseg (2).safetensors"), last.ModelPath);
        Assert.Equal(Path.Combine(run.OutputPath, "medseg.checkpoint (2).safetensors"), last.CheckpointPath);
        Assert.Equal(Tensors(To("whole").ModelPath), Tensors(last.ModelPath!));
        Assert.Equal(Tensors(To("whole").CheckpointPath), Tensors(last.CheckpointPath!));
        Assert.Contains(_warnings, text => text.StartsWith($"{run.CheckpointPath}: Another program", StringComparison.Ordinal) && text.Contains("medseg.checkpoint (2).safetensors", StringComparison.Ordinal));
        Assert.Contains(_warnings, text => text.StartsWith(run.LogPath, StringComparison.Ordinal) && text.Contains("medseg.log (2).jsonl", StringComparison.Ordinal));
        Assert.Equal(5, File.ReadAllLines(Path.Combine(run.OutputPath, "medseg.log (2).jsonl")).Length);
        Assert.Empty(Directory.GetFiles(run.OutputPath, "*.partial"));
    }

    [Fact]
    public void Run_resumes_from_the_numbered_checkpoint_and_the_next_one_has_its_own_name_again()
    {
        _ = Train(To("whole")).Last();
        RunOptions run = To("run");
        _ = Train(run, s_options with { Epochs = 1 }).Last();
        HoldFrom(run, ["medseg.checkpoint.safetensors"]);
        _ = Train(run with { Resume = true }, s_options with { Epochs = 2 }).Last();
        FileChanges.Before.Value = null;
        Assert.Equal(1, Checkpoint.Read(run.CheckpointPath).State.Epoch);

        EpochRecord only = Assert.Single(Train(run with { Resume = true }));

        Assert.Equal((3, run.CheckpointPath), (only.Epoch, only.CheckpointPath));
        Assert.Equal(Tensors(To("whole").CheckpointPath), Tensors(run.CheckpointPath));
        Assert.Equal(Tensors(To("whole").ModelPath), Tensors(run.ModelPath));
        Assert.Empty(Directory.GetFiles(run.OutputPath, "* (2)*"));
        Assert.All(RunCheck.Check(run, TestContext.Current.CancellationToken), file => Assert.Equal(RunFileState.Ok, file.State));
    }

    [Fact]
    public void Lines_of_a_log_that_is_held_for_an_epoch_are_written_later()
    {
        RunOptions run = To("run");
        using IEnumerator<EpochRecord> epochs = Train(run).GetEnumerator();
        Assert.True(epochs.MoveNext());
        using (new FileStream(run.LogPath, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            Assert.True(epochs.MoveNext());
        }

        Assert.True(epochs.MoveNext());
        Assert.False(epochs.MoveNext());

        Assert.Equal([1, 2, 3], LoggedRun.Read(run.LogPath)!.Epochs.Select(epoch => epoch.Epoch));
        Assert.Empty(Directory.GetFiles(run.OutputPath, "* (2)*"));
    }

    [Fact]
    public void TensorBoard_that_cannot_be_written_does_not_end_the_run()
    {
        RunOptions run = To("run") with { TensorBoard = true };
        Directory.CreateDirectory(run.OutputPath);
        File.WriteAllText(Path.Combine(run.OutputPath, "tensorboard"), "in the way");

        Assert.Equal(3, Train(run).Last().Epoch);
        Assert.Contains("TensorBoard's event file could not be written", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaskFormat.Png, "P01_S01.png", "P01_S01 (2).png")]
    [InlineData(MaskFormat.Npy, "P01_S01.npy", "P01_S01 (2).npy")]
    public void Mask_that_a_viewer_has_open_does_not_end_a_segmentation(MaskFormat format, string held, string numbered)
    {
        _ = Train(To("run"), s_options with { Epochs = 1 }).Last();
        var output = new MaskOutput { OutputPath = Path.Combine(_folder, "masks"), Format = format, Force = true };
        using var segmenter = new Segmenter(To("run").ModelPath);
        HoldFrom(To("masks"), [held]);

        SegmentedSlice[] slices = [.. segmenter.Run([Path.Combine(_folder, "data", "train", "dicoms")], output, events: new EngineEvents { Warning = _warnings.Add }, cancellationToken: TestContext.Current.CancellationToken)];

        Assert.Equal(6, slices.Length);
        Assert.Equal(numbered, Path.GetFileName(slices.Single(slice => slice.Name == "P01_S01").MaskPath));
        Assert.All(slices, slice => Assert.True(File.Exists(slice.MaskPath), slice.MaskPath));
        Assert.Contains(_warnings, text => text.Contains($"so {numbered} was written next to it", StringComparison.Ordinal));
    }

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private IEnumerable<EpochRecord> Train(RunOptions run, TrainingOptions? options = null) =>
        new Trainer(_dataset, options ?? s_options, run).Run(new EngineEvents { Warning = _warnings.Add }, TestContext.Current.CancellationToken);

    // As if these files were there and open, for whoever wants to replace, delete or append to them.
    private static void HoldFrom(RunOptions run, string[] names) => FileChanges.Before.Value = (_, path) =>
    {
        if (Path.GetDirectoryName(path) == run.OutputPath && names.Contains(Path.GetFileName(path)))
        {
            throw new IOException("The process cannot access the file because it is being used by another process.", unchecked((int)0x80070020));
        }
    };

    private static byte[] Tensors(string path) =>
        [.. SafetensorsFile.Read(path).Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).SelectMany(tensor => tensor.Value.Data.ToArray())];
}
