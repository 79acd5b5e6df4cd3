using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Tests.Data.Channels;
using MedSeg.Tests.Distributed;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>Runs whose batches are divided among ranks; here each rank is a thread.</summary>
public sealed class SharedTrainingTests : IDisposable
{
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 3, BatchSize = 5, LearningRate = 1e-3, BaseWidth = 2, Shares = 4, WeightAveraging = 0.9, GradientClip = 1, ReportInterval = 1, ValidationFraction = 0.3, Seed = 3,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(4, GradientFormat.Float32, LossFunction.Dice)]
    [InlineData(3, GradientFormat.Float32, LossFunction.BatchDiceCrossEntropy)]
    [InlineData(4, GradientFormat.BFloat16, LossFunction.Dice)]
    [InlineData(3, GradientFormat.BFloat16, LossFunction.Dice)]
    public void Losses_scores_and_weights_are_bit_identical_on_any_number_of_ranks(int shares, GradientFormat format, LossFunction loss)
    {
        Dataset dataset = Import();
        TrainingOptions options = s_options with { Shares = shares, GradientFormat = format, Loss = loss };
        EpochRecord[] alone = [.. new Trainer(dataset, options, To("alone")).Run(null, CancellationToken.None)];

        foreach (int ranks in new[] { 1, 2, shares })
        {
            EpochRecord[][] records = Together(dataset, options, $"ranks{ranks}", ranks);

            Assert.Equal(alone.Select(Numbers), records[0].Select(Numbers));
            Assert.All(records[1..], Assert.Empty);
            Assert.Equal(Tensors("alone"), Tensors($"ranks{ranks}"));
        }
    }

    [Fact]
    public void Two_channels_train_bit_identically_on_two_ranks_and_other_channels_are_refused()
    {
        using ChannelScan scan = new ChannelScan().Add("P01").Add("P02").Add("P03");
        Dataset dataset = scan.Import(ChannelScan.Channels);
        TrainingOptions options = s_options with { Architecture = NetworkArchitecture.PyramidNorm, BatchSize = 4, Shares = 2 };
        EpochRecord[] alone = [.. new Trainer(dataset, options, To("alone")).Run(null, CancellationToken.None)];

        Assert.Equal(alone.Select(Numbers), Together(dataset, options, "ranks", 2)[0].Select(Numbers));
        Assert.Equal(Tensors("alone"), Tensors("ranks"));

        Dataset other = scan.Import(ChannelScan.Channels[1], ChannelScan.Channels[0]);
        (EpochRecord[]? Result, Exception? Error)[] found = new LocalRanks(2).Run(transport =>
            new Trainer(transport.Rank == 0 ? dataset : other, options, To("other") with { Transport = transport }).Run(null, CancellationToken.None).ToArray());
        Assert.All(found, rank => Assert.Equal(ErrorIds.RanksDiffer, Assert.IsType<MedSegException>(rank.Error).ErrorId));
    }

    [Fact]
    public void Loss_of_the_first_step_is_that_of_the_whole_batch()
    {
        Dataset dataset = Import();
        TrainingOptions options = s_options with { Epochs = 1, DropoutRate = 0, BatchSize = 1000, GradientClip = 0 };

        EpochRecord whole = Assert.Single(new Trainer(dataset, options with { Shares = 0 }, To("whole")).Run(null, CancellationToken.None));
        EpochRecord shared = Assert.Single(new Trainer(dataset, options, To("shared")).Run(null, CancellationToken.None));

        Assert.Equal(whole.Loss, shared.Loss, 1e-6);
        Assert.Equal(whole.Dice, shared.Dice, 1e-6);
    }

    [Fact]
    public void Gradients_as_bfloat16_train_about_as_those_as_float32()
    {
        Dataset dataset = Import();
        EpochRecord[] wide = [.. new Trainer(dataset, s_options, To("wide")).Run(null, CancellationToken.None)];
        EpochRecord[] narrow = [.. new Trainer(dataset, s_options with { GradientFormat = GradientFormat.BFloat16 }, To("narrow")).Run(null, CancellationToken.None)];

        Assert.NotEqual(wide.Select(Numbers), narrow.Select(Numbers));
        Assert.Equal(wide[^1].Loss, narrow[^1].Loss, 0.01);
    }

    [Theory]
    [InlineData(GradientFormat.Float32)]
    [InlineData(GradientFormat.BFloat16)]
    public void Run_that_stops_within_an_epoch_resumes_with_another_number_of_ranks(GradientFormat format)
    {
        Dataset dataset = Import();
        TrainingOptions options = s_options with { GradientFormat = format };
        EpochRecord[] whole = [.. new Trainer(dataset, options, To("whole")).Run(null, CancellationToken.None)];

        // Rank 1 is asked to stop, and rank 0 saves.
        using var stop = new CancellationTokenSource();
        var warnings = new List<string>();
        var events = new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { stop.Cancel(); } }, Warning = warnings.Add };
        (EpochRecord[]? Result, Exception? Error)[] before = new LocalRanks(2).Run(transport =>
            new Trainer(dataset, options, To("parts") with { Transport = transport }).Run(events, transport.Rank == 1 ? stop.Token : CancellationToken.None).ToArray());
        EpochRecord[][] after = Together(dataset, Trainer.ReadOptions(To("parts"))!, "parts", 4, resume: true);

        Assert.All(before, rank => Assert.Null(rank.Error));
        Assert.Equal("The run stopped, because rank 1 on node1 was asked to. It saves a checkpoint; -Resume continues the run.", Assert.Single(warnings));
        Assert.Equal(whole.Select(Numbers), before[0].Result!.Concat(after[0]).Select(Numbers));
        Assert.Equal(Tensors("whole"), Tensors("parts"));
    }

    [Fact]
    public void Run_whose_caller_leaves_on_rank_0_has_saved_that_epoch()
    {
        Dataset dataset = Import();
        (EpochRecord[]? Result, Exception? Error)[] found = new LocalRanks(2).Run(transport =>
            new Trainer(dataset, s_options, To("run") with { Transport = transport }).Run(null, CancellationToken.None).Take(1).ToArray());

        Assert.All(found, rank => Assert.Null(rank.Error));
        Assert.Equal(1, Assert.Single(found[0].Result!).Epoch);
        Assert.Equal(1, Checkpoint.Read(To("run").CheckpointPath).State.Epoch);
    }

    [Fact]
    public void Early_stopping_ends_all_ranks()
    {
        // With the smallest learning rate no epoch is better than the first.
        EpochRecord[][] records = Together(Import(), s_options with { LearningRate = 1e-9, Patience = 1, WeightAveraging = 0, Epochs = 9 }, "run", 2);

        Assert.Equal(2, records[0].Length);
    }

    [Fact]
    public void Number_of_ranks_is_the_number_of_shares_where_none_is_given()
    {
        _ = Together(Import(), s_options with { Shares = 0, Epochs = 1 }, "run", 3);

        Assert.Equal(3, Trainer.ReadOptions(To("run"))!.Shares);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Rank_without_memory_tells_the_others(int failing)
    {
        Dataset dataset = Import();
        (int Result, Exception? Error)[] found = new LocalRanks(2).Run(transport =>
        {
            // What torch throws where there is no memory.
            Dataset own = transport.Rank == failing ? WithFailingSlice(dataset, after: 12, () => _ = torch.empty(1L << 50)) : dataset;
            return new Trainer(own, s_options with { CheckpointInterval = 1 }, To("run") with { Transport = transport }).Run(null, CancellationToken.None).Count();
        });

        Assert.Equal(ErrorIds.OutOfMemory, Assert.IsType<MedSegException>(found[failing].Error).ErrorId);
        var other = Assert.IsType<MedSegException>(found[1 - failing].Error);
        Assert.Equal(ErrorIds.RankFailed, other.ErrorId);
        Assert.StartsWith($"The run ends, because rank {failing} on node{failing} failed: Memory ran out while training with -BatchSize 5: ", other.Finding, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, RunControl.Read(To("run"))!.State);
    }

    [Fact]
    public void Error_of_one_rank_ends_all_and_rank_0_saves_the_last_epoch()
    {
        Dataset dataset = Import();
        (int Result, Exception? Error)[] found = new LocalRanks(2).Run(transport =>
        {
            Dataset own = transport.Rank == 1 ? WithFailingSlice(dataset, after: 12, () => throw new MedSegException(ErrorKind.NotFound, "Planted", "The disk broke.")) : dataset;
            return new Trainer(own, s_options with { CheckpointInterval = 1 }, To("run") with { Transport = transport }).Run(null, CancellationToken.None).Count();
        });

        Assert.Equal("Planted", Assert.IsType<MedSegException>(found[1].Error).ErrorId);
        var error = Assert.IsType<MedSegException>(found[0].Error);
        Assert.Equal(ErrorIds.RankFailed, error.ErrorId);
        Assert.StartsWith("The run ends, because rank 1 on node1 failed: The disk broke.", error.Finding, StringComparison.Ordinal);
        Assert.True(Checkpoint.Read(To("run").CheckpointPath).State.Epoch >= 1);
        Assert.Equal(RunState.Failed, RunControl.Read(To("run"))!.State);
    }

    [Fact]
    public void Error_of_rank_0_at_the_start_ends_all()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Count();

        (int Result, Exception? Error)[] found = new LocalRanks(2).Run(transport =>
            new Trainer(dataset, s_options, To("run") with { Transport = transport }).Run(null, CancellationToken.None).Count());

        Assert.Equal([ErrorIds.ModelExists, ErrorIds.RankFailed], found.Select(rank => Assert.IsType<MedSegException>(rank.Error).ErrorId));
    }

    [Theory]
    [InlineData(6, "cpu", 1, "A batch of 5 slices (-BatchSize) cannot be divided into 6 shares (-Shares).")]
    [InlineData(2, "cpu", 3, "3 ranks cannot train 2 shares of a batch (-Shares).")]
    [InlineData(2, "cpu,cpu", 1, "-Device cpu,cpu divides a batch among devices of one process, and -Shares 2 divides it as well.")]
    public void Options_that_cannot_be_used_together_are_named(int shares, string device, int ranks, string finding)
    {
        Dataset dataset = Import();
        (int Result, Exception? Error)[] found = new LocalRanks(ranks).Run(transport =>
            new Trainer(dataset, s_options with { Shares = shares }, To("run") with { Transport = transport, Device = device }).Run(null, CancellationToken.None).Count());

        Assert.All(found, rank => Assert.Equal((ErrorIds.SharesNotPossible, finding), (Assert.IsType<MedSegException>(rank.Error).ErrorId, ((MedSegException)rank.Error!).Finding)));
    }

    [Fact]
    public void Checkpoint_with_other_shares_or_gradients_is_not_resumed()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Count();

        MedSegException error = Assert.Throws<MedSegException>(() => new Trainer(dataset, s_options with { Shares = 2, GradientFormat = GradientFormat.BFloat16 }, To("run") with { Resume = true }).Run(null, CancellationToken.None).Count());

        Assert.Equal(ErrorIds.ResumeMismatch, error.ErrorId);
        Assert.Contains("-Shares is 4 in the checkpoint and 2 in this run", error.Finding, StringComparison.Ordinal);
        Assert.Contains("-GradientFormat is Float32 in the checkpoint and BFloat16 in this run", error.Finding, StringComparison.Ordinal);
    }

    private static string Numbers(EpochRecord record) => FormattableString.Invariant($"{record.Epoch} {record.Loss:R} {record.Dice:R} {record.ValidationDice:R} {record.LearningRate:R}");

    private EpochRecord[][] Together(Dataset dataset, TrainingOptions options, string name, int ranks, bool resume = false)
    {
        (EpochRecord[]? Result, Exception? Error)[] found = new LocalRanks(ranks).Run(transport =>
            new Trainer(dataset, options, To(name) with { Transport = transport, Resume = resume }).Run(null, CancellationToken.None).ToArray());
        Assert.All(found, rank => Assert.Null(rank.Error));
        return [.. found.Select(rank => rank.Result!)];
    }

    private static Dataset WithFailingSlice(Dataset dataset, int after, Action fail)
    {
        int opened = 0;
        return dataset with { Samples = [.. dataset.Samples.Select(sample => sample with { Pixels = new FailingStore(sample.Pixels!, FailLater) })] };

        void FailLater()
        {
            if (Interlocked.Increment(ref opened) > after)
            {
                fail();
            }
        }
    }

    private Dataset Import()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 6, HeldOutPatients = 0, SlicesPerPatient = 3, Size = 48 });
        return DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private string[] Tensors(string name) =>
        [.. SafetensorsFile.Read(To(name).ModelPath).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];

    // Slices that can be read until something fails.
    private sealed class FailingStore(SliceStore store, Action open) : SliceStore
    {
        public override RentedSlice Open()
        {
            open();
            return store.Open();
        }

        public override PackedMask ReadTruth() => store.ReadTruth();
    }
}
