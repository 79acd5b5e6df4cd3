using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>Which checkpoint files a run keeps, and which of them it resumes from. Nothing is trained: the epochs are made up.</summary>
public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly PyramidNetwork _network = new(NetworkOptions.Published(16, 4) with { BaseWidth = 1 }, torch.CPU);
    private readonly AdamOptimizer _optimizer;
    private readonly Checkpoint _state = Checkpoint.Read(Path.Combine(AppContext.BaseDirectory, "Golden", "format_2", "model.safetensors")).State;

    public CheckpointStoreTests() => _optimizer = new AdamOptimizer(_network.Parameters);

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1, "4")]
    [InlineData(2, "4 3")]
    [InlineData(3, "4 3 2")]
    [InlineData(9, "4 3 2 1")]
    public void Newest_checkpoints_are_kept_and_renamed_by_age(int keep, string epochs)
    {
        RunOptions run = Run(keep);
        var store = new CheckpointStore(run);
        Assert.False(store.Any);
        Assert.Null(store.FindNewest(null));
        Write(store, 1, 2, 3, 4);

        Assert.True(store.Any);
        Assert.Equal(epochs, string.Join(' ', Enumerable.Range(0, 9).Select(run.CheckpointPathOf).Where(File.Exists).Select(EpochOf)));
        Assert.Equal(epochs.Split(' ').Length, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Checkpoints_of_an_earlier_run_that_kept_more_are_deleted()
    {
        Write(new CheckpointStore(Run(5)), 1, 2, 3, 4, 5);
        Write(new CheckpointStore(Run(2)), 6);

        Assert.Equal(["medseg.checkpoint-1.safetensors", "medseg.checkpoint.safetensors"], Files());
        Assert.Equal(["5", "6"], [EpochOf(Run(2).CheckpointPathOf(1)), EpochOf(Run(2).CheckpointPath)]);
    }

    [Fact]
    public void New_run_deletes_all_checkpoints_of_an_earlier_one_when_it_writes_its_first()
    {
        var earlier = new CheckpointStore(Run(3));
        Write(earlier, 1, 2, 3);
        Write(earlier, 4, dice: 0.5);
        Assert.Equal(4, Files().Length);

        var store = new CheckpointStore(Run(3));
        store.StartAnew();
        Assert.Equal(4, Files().Length);
        Write(store, 1);
        Assert.Equal(["medseg.checkpoint.safetensors"], Files());

        Write(store, 2);
        Assert.Equal(["medseg.checkpoint-1.safetensors", "medseg.checkpoint.safetensors"], Files());
    }

    [Fact]
    public void Best_checkpoint_is_that_of_the_greatest_validation_Dice_also_after_a_resume()
    {
        RunOptions run = Run(1);
        var store = new CheckpointStore(run);
        Write(store, 1, dice: 0.4);
        Write(store, 2, dice: 0.6);
        Write(store, 3, dice: 0.6);
        Write(store, 4);
        Assert.Equal("2", EpochOf(run.BestPath));
        Assert.True(store.IsBest(Record(5, 0.61)));
        Assert.False(store.IsBest(Record(5, 0.6)));
        Assert.False(store.IsBest(Record(5, null)));

        // A run that stops within an epoch has not validated the weights it saves.
        Write(store, 5, dice: 0.7, stepInEpoch: 1);
        Assert.Equal("2", EpochOf(run.BestPath));

        Write(new CheckpointStore(run), 6, dice: 0.65);
        Assert.Equal("6", EpochOf(run.BestPath));
        var resumed = new CheckpointStore(run);
        Assert.Equal((6, run.CheckpointPath), (resumed.FindNewest(null)!.Value.State.Epoch, resumed.FindNewest(null)!.Value.Path));
        Assert.False(resumed.IsBest(Record(7, 0.65)));
        Assert.True(resumed.IsBest(Record(7, 0.66)));

        // The best of all epochs counts, not the last one.
        resumed.Write(_state with { Epoch = 8, StepInEpoch = 0, History = [Record(7, 0.9), Record(8, 0.2)] }, _network.Parameters, _optimizer, null);
        Assert.NotNull(resumed.FindNewest(null));
        Assert.False(resumed.IsBest(Record(9, 0.9)));
    }

    [Fact]
    public void Damaged_checkpoint_is_passed_over_for_the_one_before_with_a_warning()
    {
        RunOptions run = Run(3);
        Write(new CheckpointStore(run), 1, 2, 3);
        File.WriteAllBytes(run.CheckpointPath, [1, 2, 3]);
        var warnings = new List<string>();

        Assert.Equal(2, new CheckpointStore(run).FindNewest(warnings.Add)!.Value.State.Epoch);

        string warning = Assert.Single(warnings);
        Assert.StartsWith(run.CheckpointPath, warning, StringComparison.Ordinal);
        Assert.EndsWith($" Resuming from the previous checkpoint, {run.CheckpointPathOf(1)}, after 2 epochs.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Older_checkpoint_is_found_although_newer_ones_are_missing()
    {
        RunOptions run = Run(5);
        Write(new CheckpointStore(run), 1, 2, 3, 4, 5);
        foreach (int age in (int[])[0, 1, 2, 3])
        {
            File.Delete(run.CheckpointPathOf(age));
        }

        Assert.Equal(1, new CheckpointStore(run).FindNewest(null)!.Value.State.Epoch);
    }

    [Fact]
    public void Best_checkpoint_is_used_with_a_warning_where_no_other_is_left()
    {
        RunOptions run = Run(1);
        Write(new CheckpointStore(run), 2, dice: 0.5);
        File.Delete(run.CheckpointPath);
        var warnings = new List<string>();

        Assert.True(new CheckpointStore(run).Any);
        Assert.Equal(run.BestPath, new CheckpointStore(run).FindNewest(warnings.Add)!.Value.Path);

        Assert.Equal([$"{run.CheckpointPath}: Checkpoint not found. Resuming from the one with the best validation Dice, {run.BestPath}, after 2 epochs."], warnings);
    }

    [Fact]
    public void First_error_is_thrown_where_no_checkpoint_can_be_read()
    {
        RunOptions run = Run(2);
        Write(new CheckpointStore(run), 1, 2);
        File.WriteAllBytes(run.CheckpointPath, [1]);
        File.WriteAllBytes(run.CheckpointPathOf(1), [1]);

        var error = Assert.ThrowsAny<MedSegException>(() => new CheckpointStore(run).FindNewest(null));

        Assert.StartsWith(run.CheckpointPath, error.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_of_the_last_checkpoint_is_noted()
    {
        var store = new CheckpointStore(Run(1));
        DateTime start = store.Written;
        Assert.InRange(DateTime.UtcNow - start, TimeSpan.Zero, TimeSpan.FromMinutes(5));

        Thread.Sleep(20);
        Write(store, 1);

        Assert.True(store.Written > start);
    }

    [Fact]
    public void Lock_is_taken_again_before_a_checkpoint_is_written_if_its_file_was_deleted()
    {
        RunOptions run = Run(1);
        using RunLock runLock = RunLock.Take(run);
        var store = new CheckpointStore(run, runLock);
        File.Delete(run.LockPath);

        Write(store, 1);

        Assert.True(RunLock.IsHeld(run.LockPath));
    }

    private RunOptions Run(int keep) => new() { OutputPath = _folder, KeepCheckpoints = keep };

    private void Write(CheckpointStore store, params int[] epochs)
    {
        foreach (int epoch in epochs)
        {
            Write(store, epoch, dice: null);
        }
    }

    private void Write(CheckpointStore store, int epoch, double? dice, int stepInEpoch = 0)
    {
        Checkpoint state = _state with { Epoch = epoch, StepInEpoch = stepInEpoch, History = [Record(epoch, dice)] };
        store.Write(state, _network.Parameters, _optimizer, null);
    }

    private EpochRecord Record(int epoch, double? dice) => _state.History[0] with { Epoch = epoch, ValidationDice = dice };

    private string[] Files() => [.. Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string EpochOf(string path) => $"{Checkpoint.Read(path).State.Epoch}";
}
