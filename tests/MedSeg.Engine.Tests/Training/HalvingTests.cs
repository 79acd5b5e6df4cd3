using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;

namespace MedSeg.Tests.Training;

/// <summary>Successive halving: its rounds, who is dropped and why, and that what it decides does not depend on interruptions.</summary>
public sealed class HalvingTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 4, BatchSize = 8, BaseWidth = 2, ValidationFraction = 0.4, ReportInterval = 1, DropoutRate = 0 };
    private static readonly double[] s_rates = [1e-8, 3e-2, 1e-7, 1e-2];
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public HalvingTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 1, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(8, 400, 10, 2, 0, "50:8 100:4 200:2 400:1")]
    [InlineData(9, 270, 10, 3, 0, "30:9 90:3 270:1")]
    [InlineData(5, 100, 1, 2, 0, "25:5 50:2 100:1")]
    [InlineData(8, 100, 10, 2, 0, "20:8 30:4 50:2 100:1")]
    [InlineData(8, 400, 10, 2, 100, "100:8 200:4 400:2")]
    [InlineData(4, 400, 10, 4, 10, "10:4 400:1")]
    [InlineData(1, 400, 10, 2, 0, "400:1")]
    [InlineData(3, 400, 10, 4, 0, "400:3")]
    [InlineData(16, 10, 10, 2, 0, "10:16")]
    public void Rounds_end_with_a_validation_and_the_last_one_has_all_epochs(int runs, int epochs, int interval, int factor, int first, string expected)
    {
        IReadOnlyList<HalvingRound> rounds = HalvingRound.Plan(runs, epochs, interval, new HalvingOptions { Factor = factor, FirstEpochs = first });

        Assert.Equal(expected, string.Join(' ', rounds.Select(round => $"{round.Epochs}:{round.Runs}")));
        Assert.Equal(Enumerable.Range(1, rounds.Count), rounds.Select(round => round.Number));
    }

    [Fact]
    public void Best_half_trains_on_and_the_table_says_why_the_others_do_not()
    {
        var trained = new List<(int Round, string Name)>();
        SweepRun[] runs = [.. Halving("sweep").Run((point, round, _, _) => trained.Add((round.Number, point.Name)), events: null, TestContext.Current.CancellationToken)];

        // Whole runs of the same options say who is best after 1 and 2 epochs.
        double[][] dice = [.. s_rates.Select(rate => Whole(rate).Select(record => record.ValidationDice!.Value).ToArray())];
        string[] first = [.. Best(dice, 0, [0, 1, 2, 3]).Take(2)];
        string last = Best(dice, 1, [.. Enumerable.Range(0, 4).Where(i => first.Contains(NameOf(i)))]).First();
        Assert.Equal([.. Enumerable.Range(0, 4).Select(i => (1, NameOf(i))), .. first.Select(name => (2, name)), (3, last)], trained);
        Assert.Equal([RunState.Dropped, RunState.Dropped, RunState.Dropped, RunState.Finished], runs.Select(run => run.State));
        Assert.Equal([1, 1, 2, 4], runs.Select(run => run.Epoch!.Value));
        Assert.Equal(last, runs[^1].Name);
        Assert.Equal(dice[Index(last)][3], runs[^1].ValidationDice);
        Assert.Equal(4, runs.Select(run => run.Name).Distinct().Count());
        Assert.StartsWith("dropped: rank 4 of 4, and the best 2 train on; Dice ", runs[1].Decision, StringComparison.Ordinal);

        CsvTable table = CsvTable.Read(Path.Combine(_folder, "sweep", "medseg-halving.csv"));
        Assert.Equal(7, table.Rows.Count);
    }

    [Fact]
    public void Run_that_paused_in_each_round_has_the_weights_of_a_run_without_pauses()
    {
        SweepRun best = Halving("sweep").Run(begin: null, events: null, TestContext.Current.CancellationToken).Last();

        Whole(s_rates[Index(best.Name)]);
        byte[][] weights = [.. ((string[])[best.ModelPath!, Path.Combine(_folder, "whole", "medseg.safetensors")]).Select(path => Checkpoint.Read(path).File.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.Data.ToArray()).ToArray())];
        Assert.Equal(weights[1], weights[0]);
    }

    [Fact]
    public void Sweep_that_was_stopped_resumes_to_the_same_decisions_and_trains_nothing_twice()
    {
        SweepRun[] expected = [.. Halving("whole sweep").Run(begin: null, events: null, TestContext.Current.CancellationToken)];
        using var stop = new CancellationTokenSource();
        int steps = 0;
        var events = new EngineEvents
        {
            Progress = _ =>
            {
                if (++steps == 5)
                {
                    stop.Cancel();
                }
            },
        };
        Assert.Throws<OperationCanceledException>(() => Halving("sweep").Run(begin: null, events, stop.Token).ToArray());

        int again = 0;
        SweepRun[] runs = [.. Halving("sweep", resume: true).Run(begin: null, new EngineEvents { Progress = _ => again++ }, TestContext.Current.CancellationToken)];
        int third = 0;
        SweepRun[] finished = [.. Halving("sweep", resume: true).Run(begin: null, new EngineEvents { Progress = _ => third++ }, TestContext.Current.CancellationToken)];

        // 4 runs of one epoch, 2 of one more, and one of two more: a step each.
        Assert.Equal((8, 0), (steps + again, third));
        Assert.Equal(expected.Select(run => (run.Name, run.State, run.ValidationDice, run.Decision)), runs.Select(run => (run.Name, run.State, run.ValidationDice, run.Decision)));
        Assert.Equal(expected.Select(run => (run.Name, run.State, run.ValidationDice, run.Decision)), finished.Select(run => (run.Name, run.State, run.ValidationDice, run.Decision)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole sweep", "medseg-halving.csv")), File.ReadAllBytes(Path.Combine(_folder, "sweep", "medseg-halving.csv")));
    }

    [Fact]
    public void Forced_sweep_does_not_take_the_models_of_the_one_before()
    {
        _ = Halving("sweep").Run(begin: null, events: null, TestContext.Current.CancellationToken).Count();
        int steps = 0;

        SweepRun[] runs = [.. Halving("sweep", force: true).Run(begin: null, new EngineEvents { Progress = _ => steps++ }, TestContext.Current.CancellationToken)];

        Assert.Equal(8, steps);
        Assert.Equal(4, runs[^1].Epoch);
    }

    [Fact]
    public void Runs_of_different_lengths_cannot_be_compared()
    {
        SweepPoint[] points = [Point(1e-3), Point(1e-2) with { Options = s_options with { Epochs = 8 } }];
        var sweep = new Sweep(_dataset, points, Run("sweep"));

        MedSegException error = Assert.Throws<MedSegException>(() => sweep.Halve(new HalvingOptions()));
        Assert.Equal((ErrorIds.SweepInvalid, "Successive halving compares runs at the same epochs, but their Epochs are 4, 8."), (error.ErrorId, error.Finding));
        error = Assert.Throws<MedSegException>(() => Halving("sweep", firstEpochs: 4));
        Assert.Equal((ErrorIds.SweepInvalid, "The first round would have 4 epochs, but a whole run has 4, so no run could be dropped."), (error.ErrorId, error.Finding));
        Assert.Equal(ErrorIds.OptionOutOfRange, Assert.Throws<MedSegException>(() => new Sweep(_dataset, [Point(1e-3)], Run("sweep")).Halve(new HalvingOptions { Factor = 1 })).ErrorId);
    }

    private SuccessiveHalving Halving(string name, bool resume = false, bool force = false, int firstEpochs = 0) =>
        new Sweep(_dataset, [.. s_rates.Select(Point)], Run(name) with { Resume = resume, Force = force }).Halve(new HalvingOptions { FirstEpochs = firstEpochs });

    private EpochRecord[] Whole(double rate) => [.. new Trainer(_dataset, Point(rate).Options, Run("whole") with { Force = true }).Run(events: null, TestContext.Current.CancellationToken)];

    private RunOptions Run(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private static IEnumerable<string> Best(double[][] dice, int epoch, int[] runs) => runs.OrderByDescending(run => dice[run][epoch]).Select(NameOf);

    private static string NameOf(int run) => Point(s_rates[run]).Name;

    private static int Index(string name) => Array.FindIndex(s_rates, rate => Point(rate).Name == name);

    private static SweepPoint Point(double rate) => SweepPoint.Of([KeyValuePair.Create("LearningRate", (object)rate)], s_options with { LearningRate = rate });
}
