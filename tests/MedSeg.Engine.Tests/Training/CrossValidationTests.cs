using System.Text.Json.Nodes;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Tests.Interchange;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>All folds of a small data set.</summary>
public sealed class CrossValidationTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 2, BatchSize = 4, LearningRate = 1e-3, BaseWidth = 2, Seed = 3, Folds = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public CrossValidationTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 4, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    private RunOptions Run => new() { OutputPath = Path.Combine(_folder, "cv"), ModelName = "spine", Device = "cpu" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_fold_has_the_scores_of_a_run_of_its_own_and_the_result_their_mean_and_deviation()
    {
        CrossValidationResult result = new CrossValidation(_dataset, s_options, Run).Run(null, CancellationToken.None);

        Assert.Equal([1, 2, 3], result.Folds.Select(f => f.Fold));
        Assert.Equal(_dataset.Count, result.Folds.Sum(f => f.ValidationSlices));
        foreach (FoldScore fold in result.Folds)
        {
            RunOptions alone = Run with { ModelName = $"alone{fold.Fold}" };
            EpochRecord last = new Trainer(_dataset, s_options with { Fold = fold.Fold }, alone).Run(null, CancellationToken.None).Last();
            Assert.Equal(last.ValidationDice, fold.Dice);
            Assert.Equal(last.ValidationDiceByRoi, fold.Rois);
            Assert.Equal((2, Path.Combine(Run.OutputPath, $"spine-fold{fold.Fold}.safetensors")), (fold.Epoch, fold.ModelPath));
            Assert.True(File.Exists(fold.ModelPath));
        }

        double[] dice = [.. result.Folds.Select(f => f.Dice)];
        Assert.Equal(dice.Average(), result.Dice, 1e-12);
        Assert.Equal(Math.Sqrt(dice.Sum(d => Math.Pow(d - dice.Average(), 2)) / 2), result.Deviation!.Value, 1e-12);
        Assert.Equal(_dataset.LabelNames, result.Rois.Select(r => r.Name));
    }

    [Fact]
    public void Mean_and_deviation_leave_out_folds_without_the_ROI()
    {
        // 0.6, 0.8 and 1.0: mean 0.8, deviation 0.2.
        FoldSummary summary = FoldSummary.Of("A", [0.6, double.NaN, 0.8, 1]);

        Assert.Equal(("A", 3), (summary.Name, summary.Folds));
        Assert.Equal(0.8, summary.Dice, 1e-12);
        Assert.Equal(0.2, summary.Deviation!.Value, 1e-12);
        Assert.Equal("A 0.800 ± 0.200", summary.ToString());
        Assert.Null(FoldSummary.Of("A", [0.6, double.NaN]).Deviation);
        Assert.True(double.IsNaN(FoldSummary.Of("A", [double.NaN]).Dice));
    }

    [Fact]
    public void Stopped_in_the_second_fold_it_goes_on_there_and_gives_what_an_uninterrupted_one_does()
    {
        CrossValidationResult whole = new CrossValidation(_dataset, s_options, Run with { ModelName = "whole" }).Run(null, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var observer = new EngineEvents { Progress = p => { if (p is TrainingProgress { Fold: 2, Epoch: 2 }) { stop.Cancel(); } } };

        Assert.Throws<OperationCanceledException>(() => new CrossValidation(_dataset, s_options, Run).Run(observer, stop.Token));
        DateTime first = File.GetLastWriteTimeUtc(Model(1));
        Assert.False(File.Exists(Model(2)));
        Assert.False(File.Exists(Model(3)));

        var trained = new List<(int Fold, int Epoch)>();
        observer = new EngineEvents { Progress = p => trained.Add((((TrainingProgress)p).Fold!.Value, ((TrainingProgress)p).Epoch)) };
        CrossValidationResult after = new CrossValidation(_dataset, s_options, Run with { Resume = true }).Run(observer, CancellationToken.None);

        Assert.Equal([(2, 2), (3, 1), (3, 2)], trained.Distinct());
        Assert.Equal(first, File.GetLastWriteTimeUtc(Model(1)));
        Assert.Equal(whole.Folds.SelectMany(f => f.Rois), after.Folds.SelectMany(f => f.Rois));
    }

    [Fact]
    public void Finished_fold_is_taken_without_its_checkpoint_but_not_with_other_options()
    {
        CrossValidationResult before = new CrossValidation(_dataset, s_options, Run).Run(null, CancellationToken.None);
        foreach (string file in Directory.EnumerateFiles(Run.OutputPath, "*.checkpoint*").Concat(Directory.EnumerateFiles(Run.OutputPath, "*.best.*")).ToArray())
        {
            File.Delete(file);
        }

        CrossValidationResult after = new CrossValidation(_dataset, s_options, Run with { Resume = true }).Run(new EngineEvents { Progress = _ => Assert.Fail("It trains again.") }, CancellationToken.None);
        Assert.Equal(before.Dice, after.Dice);

        var other = new CrossValidation(_dataset, s_options with { LearningRate = 1e-2 }, Run with { Resume = true });
        Assert.Contains("-LearningRate is 0.001 in the checkpoint and 0.01 in this run", Error("ResumeMismatch", other), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_that_a_finished_run_lacks_is_written_when_it_goes_on()
    {
        _ = new CrossValidation(_dataset, s_options, Run).Run(null, CancellationToken.None);
        var model = SafetensorsFile.Read(Model(2));
        File.Delete(Model(2));

        _ = new CrossValidation(_dataset, s_options, Run with { Resume = true }).Run(null, CancellationToken.None);

        Assert.Equal(SafetensorsFile.Read(Model(1)).Tensors.Keys, SafetensorsFile.Read(Model(2)).Tensors.Keys);

        // All but the time of writing, which has more or fewer digits.
        var written = SafetensorsFile.Read(Model(2));
        InterchangeData.AssertSame(model.Tensors, written.Tensors);
        Assert.Equal(State(model), State(written));

        static string State(SafetensorsFile file)
        {
            JsonObject state = JsonNode.Parse(file.Metadata["medseg.state"])!.AsObject();
            Assert.True(state.Remove("Written"));
            return state.ToJsonString();
        }
    }

    [Fact]
    public void Files_of_a_later_fold_are_seen_before_any_is_trained()
    {
        Directory.CreateDirectory(Run.OutputPath);
        File.WriteAllText(Model(3), "mine");

        _ = Error("ModelExists", new CrossValidation(_dataset, s_options, Run));

        Assert.False(File.Exists(Model(1)));
        Assert.Equal("mine", File.ReadAllText(Model(3)));
        Assert.Equal(3, new CrossValidation(_dataset, s_options, Run with { Force = true }).Run(null, CancellationToken.None).Folds.Count);
    }

    [Fact]
    public void Folds_come_from_a_file()
    {
        string path = Path.Combine(_folder, "folds.csv");
        string[] patients = [.. _dataset.Samples.Select(s => s.Patient).Distinct()];
        File.WriteAllLines(path, ["Name,Fold", .. _dataset.Samples.Select(s => $"{s.Name},{(s.Patient == patients[0] ? 7 : 2)}")]);

        CrossValidationResult result = new CrossValidation(_dataset, s_options with { Folds = 0, FoldPath = path }, Run).Run(null, CancellationToken.None);

        Assert.Equal([(2, 6), (7, 2)], result.Folds.Select(f => (f.Fold, f.ValidationSlices)));
    }

    [Fact]
    public void Folds_that_cannot_be_are_refused()
    {
        _ = Error("TooFewPatients", new CrossValidation(_dataset, s_options with { Folds = 5 }, Run));
        Assert.Equal("ValidationTwice", Assert.Throws<MedSegException>(() => new CrossValidation(_dataset, s_options with { ValidationFraction = 0.2 }, Run)).ErrorId);
        Assert.Equal("FoldInvalid", Assert.Throws<MedSegException>(() => new CrossValidation(_dataset, s_options with { Folds = 1 }, Run)).ErrorId);
        Assert.False(Directory.Exists(Run.OutputPath));
    }

    private static string Error(string id, CrossValidation validation)
    {
        MedSegException error = Assert.Throws<MedSegException>(() => validation.Run(null, CancellationToken.None));
        Assert.Equal(id, error.ErrorId);
        return error.Message;
    }

    private string Model(int fold) => Path.Combine(Run.OutputPath, $"spine-fold{fold}.safetensors");
}
