using System.Text.Json.Nodes;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training.Runs;

/// <summary>Files in the output folder that belong to other runs, or that an interrupted run left.</summary>
public sealed class RunFolderTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 4, BatchSize = 4, CheckpointInterval = 1000, BaseWidth = 2, Seed = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public RunFolderTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 2, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Partial_files_of_a_run_whose_name_begins_alike_are_left_alone()
    {
        Directory.CreateDirectory(Run("spine").OutputPath);
        string[] others = [.. ((string[])["spine.v2.checkpoint.safetensors", "spine.v2.safetensors", "spine.v2.run.json"]).Select(Partial)];
        string own = Partial("spine.checkpoint.safetensors");

        _ = Train(Run("spine"), s_options with { Epochs = 1 }).Last();

        Assert.All(others, path => Assert.True(File.Exists(path), path));
        Assert.False(File.Exists(own));
    }

    [Fact]
    public void Log_of_a_resumed_run_has_each_epoch_once()
    {
        // As if the process had been killed after three epochs: the only checkpoint is that of the first.
        RunOptions run = Run("m");
        _ = Train(run, s_options with { Epochs = 1 }).Last();
        byte[] checkpoint = File.ReadAllBytes(run.CheckpointPath);
        _ = Train(run with { Resume = true }, s_options with { Epochs = 3 }).Last();
        File.WriteAllBytes(run.CheckpointPath, checkpoint);
        File.Delete(run.CheckpointPathOf(1));
        File.AppendAllText(run.LogPath, "{\"time\":\"2026-01-0");

        EpochRecord[] after = [.. Train(run with { Resume = true }, s_options with { Epochs = 4 })];

        JsonNode[] log = [.. File.ReadAllLines(run.LogPath).Select(line => JsonNode.Parse(line)!)];
        JsonNode[] epochs = [.. log.Where(entry => (string?)entry["event"] == "epoch")];
        Assert.Equal([2, 3, 4], after.Select(record => record.Epoch));
        Assert.Equal([1, 2, 3, 4], epochs.Select(entry => (int)entry["epoch"]!));
        Assert.Equal(after.Select(record => record.Loss), epochs.Skip(1).Select(entry => (double)entry["loss"]!));
        Assert.Equal(["start", "finished", "resume", "finished", "resume", "finished"], log.Except(epochs).Select(entry => (string?)entry["event"]));
    }

    [Fact]
    public void Epochs_that_an_earlier_build_logged_twice_are_logged_once()
    {
        RunOptions run = Run("m");
        EpochRecord first = Train(run, s_options with { Epochs = 1 }).Last();
        File.WriteAllText(run.LogPath, "{\"event\":\"epoch\",\"epoch\":1,\"loss\":9}\n" + File.ReadAllText(run.LogPath));

        _ = Train(run with { Resume = true }, s_options with { Epochs = 2 }).Last();

        JsonNode[] epochs = [.. File.ReadAllLines(run.LogPath).Select(line => JsonNode.Parse(line)!).Where(entry => (string?)entry["event"] == "epoch")];
        Assert.Equal([1, 2], epochs.Select(entry => (int)entry["epoch"]!));
        Assert.Equal(first.Loss, (double)epochs[0]["loss"]!);
    }

    [Fact]
    public void Run_whose_folder_was_deleted_takes_its_lock_again()
    {
        RunOptions run = Run("m");
        using IEnumerator<EpochRecord> first = Train(run, s_options with { Epochs = 3, CheckpointInterval = 1 }).GetEnumerator();
        Assert.True(first.MoveNext());
        Directory.Delete(run.OutputPath, recursive: true);
        Assert.True(first.MoveNext());

        MedSegException error = Assert.Throws<MedSegException>(() => Train(run with { Force = true }, s_options).First());

        Assert.Equal("RunInProgress", error.ErrorId);
        Assert.True(first.MoveNext());
        Assert.True(File.Exists(run.ModelPath));
    }

    [Fact]
    public void Run_whose_folder_was_taken_by_another_run_ends()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows that the lock file is another one.");
        RunOptions run = Run("m");
        using IEnumerator<EpochRecord> first = Train(run, s_options with { Epochs = 3, CheckpointInterval = 1 }).GetEnumerator();
        Assert.True(first.MoveNext());
        Directory.Delete(run.OutputPath, recursive: true);
        using IEnumerator<EpochRecord> second = Train(run, s_options with { CheckpointInterval = 1 }).GetEnumerator();
        Assert.True(second.MoveNext());

        Assert.Equal("RunInProgress", Assert.Throws<MedSegException>(() => first.MoveNext()).ErrorId);
        Assert.True(second.MoveNext());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("COM1")]
    [InlineData("spine.best")]
    [InlineData("spine.checkpoint-1")]
    [InlineData("a/b")]
    [InlineData("")]
    public void Name_that_no_file_or_another_run_s_file_can_have_is_refused(string name)
    {
        MedSegException error = Assert.Throws<MedSegException>(() => Train(Run(name), s_options));

        Assert.Equal("OptionOutOfRange", error.ErrorId);
        Assert.StartsWith($"-ModelName is '{name}', but files are named after it: ", error.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("best")]
    [InlineData("console.v2")]
    [InlineData("checkpoint")]
    public void Name_that_only_looks_like_these_is_accepted(string name) => Run(name).Validate();

    private RunOptions Run(string name) => new() { OutputPath = Path.Combine(_folder, "runs"), ModelName = name, Device = "cpu" };

    private IEnumerable<EpochRecord> Train(RunOptions run, TrainingOptions options) => new Trainer(_dataset, options, run).Run(null, TestContext.Current.CancellationToken);

    // As an earlier build on this machine left it an hour ago.
    private string Partial(string name)
    {
        string path = Path.Combine(_folder, "runs", $"{name}.2000000000-{Guid.NewGuid():N}.partial");
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        return path;
    }
}
