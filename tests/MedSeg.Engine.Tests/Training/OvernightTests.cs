using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>What a run leaves when something goes wrong, and how it goes on.</summary>
public sealed class OvernightTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 3, BatchSize = 4, LearningRate = 1e-3, ReportInterval = 1, ValidationFraction = 0.4, CheckpointInterval = 1, BaseWidth = 2, Seed = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public OvernightTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 4, HeldOutPatients = 0, SlicesPerPatient = 3, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void As_many_checkpoints_are_kept_as_asked_for_and_the_best(int keep)
    {
        RunOptions run = To("run") with { KeepCheckpoints = keep };
        EpochRecord[] records = [.. Train(run)];

        string[] kept = [.. Directory.GetFiles(run.OutputPath, "*.checkpoint*").Order(StringComparer.Ordinal)];
        Assert.Equal(Enumerable.Range(0, keep).Select(run.CheckpointPathOf).Order(StringComparer.Ordinal), kept);
        Assert.Equal(Enumerable.Range(0, keep).Select(age => 3 - age), Enumerable.Range(0, keep).Select(age => Checkpoint.Read(run.CheckpointPathOf(age)).State.Epoch));
        Assert.Equal(records.MaxBy(r => r.ValidationDice)!.Epoch, Checkpoint.Read(run.BestPath).State.Epoch);
        Assert.Equal(Checkpoint.Read(run.ModelPath).State.History.Select(r => r.Loss), records.Select(r => r.Loss));
        Assert.Empty(Directory.GetFiles(run.OutputPath, "*.partial"));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.01)]
    [InlineData(0.999)]
    public void Damaged_newest_checkpoint_is_passed_over_with_a_warning(double where)
    {
        _ = Train(To("whole")).Last();
        _ = Train(To("run"), s_options with { Epochs = 2 }).Last();
        byte[] content = File.ReadAllBytes(To("run").CheckpointPath);
        File.WriteAllBytes(To("run").CheckpointPath, where < 0.9 ? content[..(int)(content.Length * where)] : [.. content[..^9], (byte)(content[^9] ^ 1), .. content[^8..]]);
        var warnings = new List<string>();

        EpochRecord[] after = [.. Train(To("run") with { Resume = true }, events: new EngineEvents { Warning = warnings.Add })];

        Assert.Equal([2, 3], after.Select(r => r.Epoch));
        Assert.Contains(To("run").CheckpointPath, Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains("after 1 epochs", warnings[0], StringComparison.Ordinal);
        Assert.Equal(Tensors("whole"), Tensors("run"));
    }

    [Fact]
    public void Altered_state_is_found_by_the_checksum()
    {
        _ = Train(To("run"), s_options with { Epochs = 1 }).Last();
        byte[] content = File.ReadAllBytes(To("run").CheckpointPath);
        int at = content.AsSpan().IndexOf("LossSum"u8);
        content[content.AsSpan(at).IndexOf((byte)'0') + at] = (byte)'7';
        File.WriteAllBytes(To("run").CheckpointPath, content);

        Assert.Equal("CheckpointDamaged", Assert.Throws<FileFormatException>(() => Checkpoint.Read(To("run").CheckpointPath)).ErrorId);
    }

    [Fact]
    public void Only_damaged_checkpoints_are_an_error_that_names_the_newest()
    {
        _ = Train(To("run"), s_options with { Epochs = 1, ReportInterval = 9, ValidationFraction = 0 }).Last();
        File.WriteAllText(To("run").CheckpointPath, "nothing");

        MedSegException error = Assert.ThrowsAny<MedSegException>(() => Train(To("run") with { Resume = true }, s_options with { ValidationFraction = 0 }).Last());

        Assert.StartsWith(To("run").CheckpointPath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_options_and_data_are_listed()
    {
        _ = Train(To("run"), s_options with { Epochs = 1 }).Last();

        MedSegException error = Assert.Throws<MedSegException>(() => Train(To("run") with { Resume = true }, s_options with { BatchSize = 2, RotationDegrees = 7.5 }).First());

        Assert.Equal("ResumeMismatch", error.ErrorId);
        Assert.Contains("-BatchSize is 4 in the checkpoint and 2 in this run; -RotationDegrees is 5 in the checkpoint and 7.5 in this run. Resume with", error.Message, StringComparison.Ordinal);

        Dataset fewer = _dataset with { Samples = [.. _dataset.Samples.Skip(1)] };
        error = Assert.Throws<MedSegException>(() => new Trainer(fewer, s_options, To("run") with { Resume = true }).Run(null, CancellationToken.None).First());
        Assert.Contains("slices", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finished_run_extended_by_more_epochs_is_bit_identical_to_a_longer_one()
    {
        TrainingOptions options = s_options with { ReportInterval = 100, ValidationFraction = 0 };
        _ = Train(To("whole"), options).Last();
        _ = Train(To("run"), options with { Epochs = 1 }).Last();

        Assert.Equal([2, 3], Train(To("run") with { Resume = true }, options).Select(r => r.Epoch));
        Assert.Equal(Tensors("whole"), Tensors("run"));

        var warnings = new List<string>();
        Assert.Empty(Train(To("run") with { Resume = true }, options with { Epochs = 2 }, new EngineEvents { Warning = warnings.Add }));
        Assert.Contains("3 epochs are done already, so -Epochs 2 adds none", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_is_written_when_its_time_has_come()
    {
        TrainingOptions options = s_options with { CheckpointInterval = 1000, ValidationFraction = 0 };

        Assert.Equal([false, false, true], Train(To("rare"), options).Select(r => r.CheckpointPath is not null));
        Assert.Equal([true, true, true], Train(To("often") with { CheckpointTime = TimeSpan.Zero }, options).Select(r => r.CheckpointPath is not null));
    }

    [Fact]
    public void Second_run_into_the_folder_is_refused_with_who_is_there()
    {
        using IEnumerator<EpochRecord> first = Train(To("run")).GetEnumerator();
        Assert.True(first.MoveNext());

        MedSegException error = Assert.Throws<MedSegException>(() => Train(To("run") with { Force = true }).First());

        Assert.Equal("RunInProgress", error.ErrorId);
        Assert.Contains($"Process {Environment.ProcessId} (started {Process.GetCurrentProcess().StartTime:yyyy-MM-dd HH:mm:ss}; 1 of 3 epochs are done)", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Running, Assert.Single(RunInfo.Find(_folder)).State);
        first.Dispose();
        Assert.Equal(3, Train(To("run") with { Resume = true }).Last().Epoch);
    }

    [Fact]
    public void Start_of_a_run_is_its_own_and_not_that_of_the_process()
    {
        DateTime before = DateTime.Now;
        _ = Train(To("a"), s_options with { Epochs = 1 }).Last();
        DateTime between = DateTime.Now;
        _ = Train(To("b"), s_options with { Epochs = 1 }).Last();
        _ = Train(To("a") with { Resume = true }, s_options with { Epochs = 2 }).Last();

        IReadOnlyList<RunInfo> runs = RunInfo.Find(_folder);

        Assert.InRange(runs[1].Started, between, DateTime.Now);
        Assert.InRange(runs[0].Started, runs[1].Started, runs[0].Updated);
        Assert.True(Process.GetCurrentProcess().StartTime < before);
    }

    [Fact]
    public void Slices_of_a_loss_that_is_no_number_are_named_with_their_folders()
    {
        // One step per epoch with a batch of all slices, so that all are named.
        Dataset nested = _dataset with { Samples = [.. _dataset.Samples.Select((s, i) => s with { Name = $"P{i / 3} [T2]/IM {i % 3}" })] };
        using (RentedSlice pixels = nested.Samples[4].Pixels!.Open())
        {
            Array.Fill(pixels.Image, float.NaN);
        }

        MedSegException error = Assert.Throws<MedSegException>(() => new Trainer(nested, s_options with { BatchSize = 12, ValidationFraction = 0, AugmentationProbability = 0 }, To("run")).Run(null, TestContext.Current.CancellationToken).Last());

        Assert.Equal("LossNotFinite", error.ErrorId);
        Assert.StartsWith("The loss became NaN or infinite at step 1 of epoch 1, with the slices P", error.Finding, StringComparison.Ordinal);
        Assert.All(nested.Samples, s => Assert.Contains(s.Name, error.Finding, StringComparison.Ordinal));
        Assert.Equal("Start anew with a lower -LearningRate (it was 0.001). If it happens again with the same slices, look at these.", error.Advice);
    }

    [Fact]
    public void Advice_on_memory_does_not_ask_to_resume_with_another_batch()
    {
        MedSegException explained = TorchErrors.Explain(new NativeFault("CUDA out of memory."), 4)!;

        Assert.Equal("Memory ran out while training with -BatchSize 4: CUDA out of memory.", explained.Finding);
        Assert.Equal("Close other programs and continue with -Resume, or start a new run with a smaller -BatchSize, -InputSize or -BaseWidth.", explained.Advice);
    }

    [Fact]
    public void Lock_left_by_a_dead_process_is_taken_over()
    {
        Directory.CreateDirectory(To("run").OutputPath);
        File.WriteAllText(To("run").LockPath, string.Empty);
        (RunStatus.Start(9) with { ProcessId = 999_999, Epoch = 4 }).TryWrite(To("run").StatusPath);

        Assert.Equal(RunState.Failed, Assert.Single(RunInfo.Find(_folder)).State);
        Assert.Equal(3, Train(To("run")).Last().Epoch);
    }

    [Fact]
    public void States_are_told_of_runs_that_finish_are_stopped_and_fail()
    {
        _ = Train(To("a")).Last();
        _ = Train(To("b")).First();
        Assert.Throws<InvalidOperationException>(() => Train(To("c"), events: FailingAt(2, 1)).Last());

        IReadOnlyList<RunInfo> runs = RunInfo.Find(_folder);

        Assert.Equal([(RunState.Finished, 3), (RunState.Interrupted, 1), (RunState.Failed, 1)], runs.Select(r => (r.State, r.Epoch)));
        Assert.Equal([null, null, "planted"], runs.Select(r => r.Error));
        Assert.Equal(Checkpoint.Read(To("a").CheckpointPath).State.History.Max(r => r.ValidationDice), runs[0].BestDice);
        Assert.Equal([To("a").ModelPath, null, null], runs.Select(r => r.ModelPath));
        Assert.Equal("FolderNotFound", Assert.Throws<MedSegException>(() => RunInfo.Find(Path.Combine(_folder, "none"))).ErrorId);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)] // The last step of the epoch.
    public void Fault_within_an_epoch_saves_the_last_step(int step)
    {
        TrainingOptions options = s_options with { CheckpointInterval = 1000, ValidationFraction = 0 };
        _ = Train(To("whole"), options).Last();

        Assert.Throws<InvalidOperationException>(() => Train(To("run"), options, FailingAt(2, step)).Last());

        Assert.Equal((1, step), (Checkpoint.Read(To("run").CheckpointPath).State.Epoch, Checkpoint.Read(To("run").CheckpointPath).State.StepInEpoch));
        EpochRecord[] rest = [.. Train(To("run") with { Resume = true }, options)];
        Assert.Equal(Tensors("whole"), Tensors("run"));
        Assert.Equal([2, 3], rest.Select(record => record.Epoch));
        Assert.All(rest, record => Assert.InRange(record.SlicesPerSecond, 0, double.MaxValue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Loss_that_is_NaN_tells_step_and_files_and_leaves_the_weights_of_the_step_before(int shares)
    {
        TrainingOptions options = s_options with { CheckpointInterval = 1000, ValidationFraction = 0, AugmentationProbability = 0, WeightAveraging = 0.9, Shares = shares };
        _ = Train(To("whole"), options).Last();
        using RentedSlice pixels = _dataset.Samples[5].Pixels!.Open();
        float[] image = [.. pixels.Image];
        var planted = new EngineEvents
        {
            Progress = p =>
            {
                // As a slice that turns to rubbish in memory after the first epoch.
                if (p is TrainingProgress { Epoch: 2 })
                {
                    Array.Fill(pixels.Image, float.NaN);
                }
            },
        };

        MedSegException error = Assert.Throws<MedSegException>(() => Train(To("run"), options with { Epochs = 9 }, planted).Last());

        Assert.Equal("LossNotFinite", error.ErrorId);
        Match place = Regex.Match(error.Message, @"at step (\d) of epoch ([23]), with the slices .*P02_S03");
        Assert.True(place.Success, error.Message);
        (Checkpoint state, SafetensorsFile file) = Checkpoint.Read(To("run").CheckpointPath);
        Assert.Equal(place.Groups[2].Value + place.Groups[1].Value, $"{state.Epoch + 1}{state.StepInEpoch + 1}");
        Assert.All(file.Tensors.Values, t => Assert.All(t.AsFloats().ToArray(), v => Assert.True(float.IsFinite(v))));
        Assert.Equal(RunState.Failed, RunInfo.Find(_folder).Single(r => r.OutputPath == To("run").OutputPath).State);

        // Nothing of the failed step is left.
        image.CopyTo(pixels.Image, 0);
        _ = Train(To("run") with { Resume = true }, options).Last();
        Assert.Equal(Tensors("whole"), Tensors("run"));
    }

    [Fact]
    public void Output_folder_that_goes_away_ends_the_run_with_its_name()
    {
        using IEnumerator<EpochRecord> run = Train(To("run")).GetEnumerator();
        Assert.True(run.MoveNext());
        Directory.Delete(To("run").OutputPath, recursive: true);
        File.WriteAllText(To("run").OutputPath, "in the way");

        MedSegException error = Assert.Throws<MedSegException>(() => run.MoveNext());

        Assert.Equal("WriteFailed", error.ErrorId);
        Assert.StartsWith(To("run").CheckpointPath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_go_away_during_the_run_change_nothing()
    {
        _ = Train(To("whole")).Last();
        using IEnumerator<EpochRecord> run = Train(To("run")).GetEnumerator();
        Assert.True(run.MoveNext());
        Directory.Delete(Path.Combine(_folder, "data"), recursive: true);

        while (run.MoveNext())
        {
            Assert.NotNull(run.Current);
        }

        Assert.Equal(Tensors("whole"), Tensors("run"));
    }

    [Fact]
    public void Native_faults_are_explained_by_their_first_line()
    {
        var memory = new NativeFault("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes.\n  at frame 1");
        var other = new NativeFault("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA");

        MedSegException explained = TorchErrors.Explain(memory, s_options.BatchSize)!;
        Assert.Equal("OutOfMemory", explained.ErrorId);
        Assert.Contains("-BatchSize 4", explained.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame", explained.Message, StringComparison.Ordinal);
        explained = TorchErrors.Explain(other, s_options.BatchSize)!;
        Assert.Equal("TorchFailed", explained.ErrorId);
        Assert.Contains("unspecified launch failure. The last checkpoint", explained.Message, StringComparison.Ordinal);
        Assert.Null(TorchErrors.Explain(new InvalidOperationException("x"), s_options.BatchSize));
    }

    [Fact]
    public void Real_fault_of_torch_ends_the_run_with_its_cause()
    {
        // More memory than any machine has: torch's own allocator refuses it.
        var events = new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2 }) { using torch.Tensor t = torch.empty([1L << 50]); } } };

        MedSegException error = Assert.Throws<MedSegException>(() => Train(To("run"), events: events).Last());

        Assert.Equal("OutOfMemory", error.ErrorId);
        Assert.Equal(1, Checkpoint.Read(To("run").CheckpointPath).State.Epoch);
    }

    [Fact]
    public void Preflight_measures_and_changes_nothing()
    {
        using var network = new PyramidNetwork(NetworkOptions.Published(64, 2), torch.CPU);
        network.Parameters.Initialize(1);
        float[] before = network.Parameters.Values.data<float>().ToArray();


        (long needed, long free) = MemoryPreflight.For(torch.CPU).Check(network, 4, torch.CPU)!.Value;

        Assert.InRange(needed, 1, free);
        Assert.Equal(before, network.Parameters.Values.data<float>().ToArray());
        Assert.All(network.Parameters.Gradients.data<float>().ToArray(), g => Assert.Equal(0, g));
    }

    [Theory]
    [InlineData(1000, 300, 8, 3400, null, "")]
    [InlineData(1000, 300, 8, 3399, "-BatchSize 7 would fit.", "Use this, or -Shares 2 ")]
    [InlineData(1000, 300, 8, 2000, "-BatchSize 3 would fit.", "Use this, or -Shares 3 ")]
    [InlineData(1000, 300, 8, 1300, "-BatchSize 1 would fit.", "Use this, or -Shares 8 ")]
    [InlineData(1000, 300, 8, 1299, "Not even one slice fits.", "Use -SaveMemory, or ")]
    [InlineData(1000, 300, 8, 200, "Not even one slice fits.", "Use -SaveMemory, or ")]
    public void Preflight_tells_which_batch_fits(long fix, long perSlice, int batch, long free, string? finding, string advice)
    {
        const long mega = 1 << 20;
        long Require() => MemoryPreflight.Require(fix * mega, perSlice * mega, batch, free * mega, "cpu");
        if (finding is null)
        {
            Assert.Equal((fix + (batch * perSlice)) * mega, Require());
            return;
        }

        MedSegException error = Assert.Throws<MedSegException>(() => Require());
        Assert.Equal("MemoryShort", error.ErrorId);
        Assert.Contains($"A step of 8 slices takes about 3.3 GB; {(free / 1024.0).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)} GB are free on cpu. {finding}", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(advice, error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_has_a_line_for_each_epoch_and_how_the_run_began_and_ended()
    {
        _ = Train(To("run"), s_options with { Epochs = 1 }).Last();
        EpochRecord[] after = [.. Train(To("run") with { Resume = true }, s_options with { Epochs = 2 })];

        JsonNode[] log = [.. File.ReadAllLines(To("run").LogPath).Select(line => JsonNode.Parse(line)!)];

        Assert.Equal(["start", "epoch", "finished", "resume", "epoch", "finished"], log.Select(e => (string?)e["event"]));
        Assert.Equal(log[0]["run"]!.ToString(), log[3]["run"]!.ToString());
        Assert.Equal(after[0].Loss, (double)log[4]["loss"]!);
        Assert.Equal(after[0].ValidationDice, (double?)log[4]["validationDice"]);
        Assert.Equal(4, log[4]["validationDiceByRoi"]!.AsObject().Count);
        Assert.All(log, e => Assert.Equal(DateTime.UtcNow, DateTime.Parse((string)e["time"]!, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime(), TimeSpan.FromMinutes(10)));
    }

    private sealed class NativeFault(string message) : System.Runtime.InteropServices.ExternalException(message);

    private static EngineEvents FailingAt(int epoch, int step) =>
        new() { Progress = p => { if (p is TrainingProgress t && t.Epoch == epoch && t.Step == step) { throw new InvalidOperationException("planted"); } } };

    private IEnumerable<EpochRecord> Train(RunOptions run, TrainingOptions? options = null, EngineEvents? events = null) =>
        new Trainer(_dataset, options ?? s_options, run).Run(events, CancellationToken.None);

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private string[] Tensors(string name) =>
        [.. SafetensorsFile.Read(To(name).ModelPath).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];
}
