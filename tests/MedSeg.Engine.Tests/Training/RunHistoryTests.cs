using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Network.Losses;
using MedSeg.Training;
using MedSeg.Training.Integrity;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>The history of a run over its sessions, from its log, its checkpoints, or both.</summary>
public sealed class RunHistoryTests : IDisposable
{
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 2, BatchSize = 4, CheckpointInterval = 1000, BaseWidth = 2, Seed = 3, ValidationFraction = 0.5, ReportInterval = 2, Loss = LossFunction.DiceCrossEntropy,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;
    private readonly RunOptions _run;

    public RunHistoryTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 2, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
        _run = new RunOptions { OutputPath = Path.Combine(_folder, "run"), Device = "cpu" };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Log_and_checkpoint_together_have_what_both_sessions_returned()
    {
        EpochRecord[] returned = [.. Train(2), .. Train(4, resume: true)];

        IReadOnlyList<EpochRecord> read = RunHistory.Read(_run.OutputPath);

        Assert.Equal([1, 2, 3, 4], read.Select(record => record.Epoch));
        Assert.All(returned.Zip(read), pair => RequireSame(pair.First, pair.Second));
        Assert.Equal(_run.ModelPath, read[^1].ModelPath);
    }

    [Fact]
    public void Log_alone_has_the_same_history()
    {
        EpochRecord[] returned = [.. Train(2), .. Train(4, resume: true)];
        Array.ForEach(Directory.GetFiles(_run.OutputPath, "*.safetensors"), File.Delete);

        Assert.All(returned.Zip(RunHistory.Read(_run.OutputPath)), pair => RequireSame(pair.First, pair.Second with { ModelPath = pair.First.ModelPath }));
        Assert.All(returned.Zip(RunHistory.Read(_run.LogPath)), pair => RequireSame(pair.First with { CheckpointPath = null, ModelPath = null }, pair.Second));
    }

    [Fact]
    public void Model_and_checkpoint_alone_have_the_same_history()
    {
        EpochRecord[] returned = [.. Train(2), .. Train(4, resume: true)];
        File.Delete(_run.LogPath);

        Assert.All([_run.ModelPath, _run.CheckpointPath, _run.OutputPath], path =>
            Assert.All(returned.Zip(RunHistory.Read(path)), pair => RequireSame(pair.First with { CheckpointPath = null, ModelPath = null }, pair.Second with { ModelPath = null })));
    }

    [Fact]
    public void Epochs_that_were_trained_twice_are_the_last_ones()
    {
        // As if the process had been killed after four epochs: the only checkpoint is that of the second.
        _ = Train(2);
        byte[] checkpoint = File.ReadAllBytes(_run.CheckpointPath);
        _ = Train(4, resume: true);
        File.WriteAllBytes(_run.CheckpointPath, checkpoint);
        File.Delete(_run.CheckpointPathOf(1));

        // An earlier build left the lines in the log.
        string[] lines = [.. File.ReadAllLines(_run.LogPath).Select(line => line.Contains("\"epoch\":3,", StringComparison.Ordinal) ? line.Replace("\"loss\":", "\"loss\":7", StringComparison.Ordinal) : line)];
        EpochRecord[] again = Train(4, resume: true);
        string[] appended = File.ReadAllLines(_run.LogPath)[^4..];
        File.WriteAllLines(_run.LogPath, [.. lines, .. appended, "{\"time\":\"2026-01-0"]);

        IReadOnlyList<EpochRecord> read = RunHistory.Read(_run.LogPath);

        Assert.Equal([1, 2, 3, 4], read.Select(record => record.Epoch));
        Assert.Equal(again.Select(record => record.Loss), read.Skip(2).Select(record => record.Loss));
    }

    [Fact]
    public void Epochs_beyond_the_checkpoint_that_a_session_resumed_from_are_gone()
    {
        Directory.CreateDirectory(_run.OutputPath);
        File.WriteAllLines(_run.LogPath, [Start("start", 0), Epoch(1, 0.9), Epoch(2, 0.8), Epoch(3, 0.7), Start("resume", 1), Epoch(2, 0.65), Epoch(2, 0.6)]);

        Assert.Equal([(1, 0.9), (2, 0.6)], RunHistory.Read(_run.OutputPath).Select(record => (record.Epoch, record.Loss)));
    }

    [Fact]
    public void New_run_of_the_same_name_has_no_epoch_of_the_one_before()
    {
        _ = Train(4);
        byte[] model = File.ReadAllBytes(_run.ModelPath);
        EpochRecord[] anew = [.. new Trainer(_dataset, s_options with { Epochs = 3, Seed = 9 }, _run with { Force = true }).Run(cancellationToken: CancellationToken.None).Take(1)];
        File.WriteAllBytes(_run.ModelPath, model);

        Assert.Equal(anew.Select(record => record.Loss), RunHistory.Read(_run.OutputPath).Select(record => record.Loss));
    }

    [Fact]
    public void History_of_a_run_that_is_training_is_read_from_its_log()
    {
        using IEnumerator<EpochRecord> run = new Trainer(_dataset, s_options, _run).Run(cancellationToken: CancellationToken.None).GetEnumerator();
        Assert.True(run.MoveNext());
        using FileStream checkpoint = File.Create(_run.CheckpointPath);

        Assert.Equal(1, Assert.Single(RunHistory.Read(_run.OutputPath)).Epoch);
    }

    [Fact]
    public void Records_of_a_resumed_session_lead_to_those_before()
    {
        EpochRecord[] before = Train(2);
        EpochRecord[] after = Train(4, resume: true);

        Assert.Equal([1, 2, 3, 4], RunHistory.Whole(after).Select(record => record.Epoch));
        Assert.Equal([1, 2, 3, 4], RunHistory.Whole([.. before, .. after]).Select(record => record.Epoch));

        // Whoever selects epochs wants no others.
        Assert.Equal([4], RunHistory.Whole(after[1..]).Select(record => record.Epoch));
        Assert.Same(before, RunHistory.Whole(before));
    }

    [Fact]
    public void Run_has_start_duration_best_epoch_and_device()
    {
        DateTime before = DateTime.Now.AddSeconds(-1);
        EpochRecord[] records = [.. Train(2), .. Train(4, resume: true)];

        RunInfo run = Assert.Single(RunInfo.Find(_folder));

        Assert.InRange(run.Start!.Value, before, run.Started);
        Assert.InRange(run.Duration!.Value.TotalSeconds, records.Sum(record => record.Seconds) - 0.1, (DateTime.Now - before).TotalSeconds);
        Assert.Equal(records.Where(record => record.ValidationDice is not null).MaxBy(record => record.ValidationDice)!.Epoch, run.BestEpoch);
        Assert.Equal("cpu", run.Device);
        Assert.Null(run.Eta);
    }

    [Fact]
    public void Time_between_sessions_is_no_time_of_training()
    {
        Directory.CreateDirectory(_run.OutputPath);
        new RunStatus { State = RunState.Finished, ProcessId = 1, Started = DateTime.UtcNow, Updated = DateTime.UtcNow, Epoch = 2, Epochs = 2 }.TryWrite(_run.StatusPath);
        File.WriteAllLines(_run.LogPath, [Start("start", 0, "08:00"), Epoch(1, 0.9, "08:10"), Start("resume", 1, "20:00"), Epoch(2, 0.8, "20:05")]);

        RunInfo run = Assert.Single(RunInfo.Find(_folder));

        Assert.Equal(TimeSpan.FromMinutes(15), run.Duration);
        Assert.Equal(new DateTime(2026, 1, 1, 8, 0, 0, DateTimeKind.Utc), run.Start!.Value.ToUniversalTime());
    }

    [Fact]
    public void Run_whose_process_is_dead_has_failed_and_says_how_old_its_checkpoint_is()
    {
        _ = Train(1);
        RunStatus finished = RunStatus.Read(_run.StatusPath)!;
        Assert.Null(Assert.Single(RunInfo.Find(_folder)).Error);
        (finished with { State = RunState.Running, ProcessId = 4321 }).TryWrite(_run.StatusPath);
        DateTime saved = DateTime.Now.AddHours(-5);
        File.SetLastWriteTime(_run.CheckpointPath, saved);

        RunInfo killed = Assert.Single(RunInfo.Find(_folder));
        File.Delete(_run.CheckpointPath);
        File.Delete(_run.BestPath);
        RunInfo without = Assert.Single(RunInfo.Find(_folder));
        using var held = RunLock.Take(_run);
        RunInfo running = Assert.Single(RunInfo.Find(_folder));

        Assert.Equal((RunState.Failed, saved), (killed.State, killed.CheckpointTime));
        Assert.Equal(
            FormattableString.Invariant($"Process 4321 was killed, or the computer was switched off or restarted. The last checkpoint is 5 hours old ({saved:yyyy-MM-dd HH:mm}); -Resume continues with it."),
            killed.Error);
        Assert.EndsWith("There is no checkpoint, so the run has to start again.", without.Error, StringComparison.Ordinal);
        Assert.Equal((RunState.Running, null), (running.State, running.Error));
    }

    [Theory]
    [InlineData("medseg.checkpoint-1.safetensors", true)]
    [InlineData("medseg.checkpoint (2).safetensors", true)]
    [InlineData("medseg.best.safetensors", false)]
    [InlineData("medseg.best (2).safetensors", false)]
    public void Run_that_was_killed_between_two_names_still_has_its_checkpoint(string name, bool isInTurn)
    {
        _ = Train(1);
        (RunStatus.Read(_run.StatusPath)! with { State = RunState.Running, ProcessId = 4321 }).TryWrite(_run.StatusPath);
        File.Delete(_run.ModelPath);
        File.Delete(_run.BestPath);
        File.Delete(_run.LogPath);
        string path = Path.Combine(_run.OutputPath, name);
        File.Move(_run.CheckpointPath, path);

        RunInfo run = Assert.Single(RunInfo.Find(_folder));

        Assert.Equal((isInTurn ? path : null, isInTurn ? null : path), (run.CheckpointPath, run.BestPath));
        Assert.Equal(isInTurn ? File.GetLastWriteTime(path) : null, run.CheckpointTime);
        Assert.EndsWith("-Resume continues with it.", run.Error, StringComparison.Ordinal);
        Assert.Equal(isInTurn ? RunFileKind.Checkpoint : RunFileKind.BestCheckpoint, RunCheck.Check(_run, TestContext.Current.CancellationToken).Single(file => file.Path == path).Kind);
        Assert.Equal(path, new CheckpointStore(_run).FindNewest(warn: null)!.Value.Path);
        _ = Assert.Single(RunHistory.Read(_run.OutputPath));
    }

    [Fact]
    public void Running_run_has_an_ETA()
    {
        Directory.CreateDirectory(_run.OutputPath);
        using var held = RunLock.Take(_run);
        DateTime now = DateTime.UtcNow;
        new RunStatus { State = RunState.Running, ProcessId = 1, Started = now.AddHours(-1), Updated = now, Epoch = 2, Epochs = 12 }.TryWrite(_run.StatusPath);
        File.WriteAllLines(_run.LogPath, [Start("start", 0), Epoch(1, 0.9), Epoch(2, 0.8)]);

        // Ten epochs of 60 s are left.
        Assert.Equal(now.AddSeconds(600), Assert.Single(RunInfo.Find(_folder)).Eta!.Value.ToUniversalTime(), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Folder_without_a_run_and_one_with_several_are_errors()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Assert.Equal("HistoryMissing", Assert.Throws<MedSegException>(() => RunHistory.Read(empty)).ErrorId);
        Assert.Equal("FileNotFound", Assert.Throws<MedSegException>(() => RunHistory.Read(Path.Combine(empty, "x.log.jsonl"))).ErrorId);
        _ = Train(1);
        AtomicFile.Write(Path.Combine(_run.OutputPath, "other.best.safetensors"), stream => stream.WriteByte(0));

        MedSegException error = Assert.Throws<MedSegException>(() => RunHistory.Read(_run.OutputPath));

        Assert.Equal("RunNotUnique", error.ErrorId);
        Assert.Contains("medseg, other", error.Message, StringComparison.Ordinal);
        Assert.Single(RunHistory.Read(_run.OutputPath, "medseg"));
    }

    private static string Start(string name, int done, string time = "08:00") =>
        $$$"""{"time":"2026-01-01T{{{time}}}:00.000Z","event":"{{{name}}}","run":"a","epochsDone":{{{done}}},"device":"cpu","options":{"Loss":0}}""";

    private static string Epoch(int epoch, double loss, string time = "09:00") => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $$"""{"time":"2026-01-01T{{time}}:00.000Z","event":"epoch","epoch":{{epoch}},"epochs":12,"loss":{{loss}},"dice":0.5,"learningRate":0.1,"slicesPerSecond":1,"seconds":60}""");

    private static void RequireSame(EpochRecord expected, EpochRecord found)
    {
        Assert.Equal(expected.SlicesPerSecond, found.SlicesPerSecond, 0.001);
        Assert.Equal(expected.Seconds, found.Seconds, 0.001);
        Assert.Equal(expected.ValidationDiceByRoi, found.ValidationDiceByRoi);
        Assert.Equal(
            expected with { ValidationDiceByRoi = null, SlicesPerSecond = 0, Seconds = 0, ModelPath = null, Earlier = null },
            found with { ValidationDiceByRoi = null, SlicesPerSecond = 0, Seconds = 0, ModelPath = null });
    }

    private EpochRecord[] Train(int epochs, bool resume = false) => [.. new Trainer(_dataset, s_options with { Epochs = epochs }, _run with { Resume = resume }).Run(cancellationToken: CancellationToken.None)];
}
