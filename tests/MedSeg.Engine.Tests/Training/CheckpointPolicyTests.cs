using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Interchange;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>When a run writes a checkpoint, and which weights become its model. Nothing is trained: the epochs are made up.</summary>
public sealed class CheckpointPolicyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Checkpoint _state = Checkpoint.Read(Path.Combine(AppContext.BaseDirectory, "Golden", "format_2", "model.safetensors")).State;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Checkpoint_is_written_at_each_interval_and_after_the_last_epoch()
    {
        RunOptions run = Run();
        using var model = new TrainingModel(Plan(run, new TrainingOptions { CheckpointInterval = 3 }));
        var policy = new CheckpointPolicy(Plan(run, new TrainingOptions { CheckpointInterval = 3 }), model, new CheckpointStore(run));

        string?[] paths = [.. Enumerable.Range(1, 7).Select(epoch => Save(policy, epoch, isLast: epoch == 7).CheckpointPath)];

        Assert.Equal([null, null, run.CheckpointPath, null, null, run.CheckpointPath, run.CheckpointPath], paths);
        Assert.Equal(7, Checkpoint.Read(run.CheckpointPath).State.Epoch);
    }

    [Fact]
    public void Checkpoint_is_written_when_the_last_one_is_too_old()
    {
        RunOptions run = Run() with { CheckpointTime = TimeSpan.FromMilliseconds(200) };
        TrainingPlan plan = Plan(run, new TrainingOptions { CheckpointInterval = 1000 });
        using var model = new TrainingModel(plan);
        var store = new CheckpointStore(run);
        var policy = new CheckpointPolicy(plan, model, store);
        var never = new CheckpointPolicy(plan with { Run = run with { CheckpointTime = TimeSpan.FromHours(1) } }, model, store);

        Thread.Sleep(250);

        Assert.Null(Save(never, 1).CheckpointPath);
        Assert.Equal(run.CheckpointPath, Save(policy, 2).CheckpointPath);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    public void Checkpoint_is_written_after_a_failure_unless_a_weight_is_not_finite(float weight, bool isWritten)
    {
        RunOptions run = Run();
        TrainingPlan plan = Plan(run, new TrainingOptions());
        using var model = new TrainingModel(plan);
        using (torch.no_grad())
        {
            model.Network.Parameters.Values[^1] = weight;
        }

        new CheckpointPolicy(plan, model, new CheckpointStore(run)).SaveAfterFailure(_state);

        Assert.Equal(isWritten, File.Exists(run.CheckpointPath));
    }

    [Fact]
    public void Checkpoint_is_written_when_the_validation_Dice_is_the_best()
    {
        RunOptions run = Run();
        TrainingPlan plan = Plan(run, new TrainingOptions { CheckpointInterval = 1000 });
        using var model = new TrainingModel(plan);
        var policy = new CheckpointPolicy(plan, model, new CheckpointStore(run));

        string?[] paths = [.. new double?[] { 0.5, 0.4, null, 0.6 }.Select((dice, i) => Save(policy, i + 1, dice).CheckpointPath)];

        Assert.Equal([run.CheckpointPath, null, null, run.CheckpointPath], paths);
        Assert.Equal(4, Checkpoint.Read(run.BestPath).State.Epoch);
    }

    [Fact]
    public void Model_is_written_after_the_last_epoch_only()
    {
        RunOptions run = Run();
        TrainingPlan plan = Plan(run, new TrainingOptions { CheckpointInterval = 1 });
        using var model = new TrainingModel(plan);
        var policy = new CheckpointPolicy(plan, model, new CheckpointStore(run));

        Assert.Null(Save(policy, 1).ModelPath);
        Assert.False(File.Exists(run.ModelPath));
        Assert.Equal(run.ModelPath, Save(policy, 2, isLast: true).ModelPath);
        Assert.Equal(2, ModelFile.Describe(run.ModelPath).Epoch);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(0, 2)]
    public void Best_weights_become_the_model_with_early_stopping_and_the_last_ones_without(int patience, float expected)
    {
        RunOptions run = Run();
        TrainingPlan plan = Plan(run, new TrainingOptions { Patience = patience });
        using var model = new TrainingModel(plan);
        var policy = new CheckpointPolicy(plan, model, new CheckpointStore(run));

        Fill(model, 1);
        _ = Save(policy, 1, dice: 0.9);
        Fill(model, 2);
        _ = Save(policy, 2, dice: 0.3, isLast: true);

        Assert.Equal(expected, FirstWeight(run.ModelPath));
        Assert.Equal((int)expected, ModelFile.Describe(run.ModelPath).Epoch);
    }

    [Fact]
    public void Last_weights_become_the_model_where_nothing_was_validated()
    {
        RunOptions run = Run();
        TrainingPlan plan = Plan(run, new TrainingOptions { Patience = 5 });
        using var model = new TrainingModel(plan);
        Fill(model, 3);

        _ = Save(new CheckpointPolicy(plan, model, new CheckpointStore(run)), 1, isLast: true);

        Assert.False(File.Exists(run.BestPath));
        Assert.Equal(3, FirstWeight(run.ModelPath));
    }

    [Fact]
    public void Missing_model_of_a_finished_run_is_written_and_an_existing_one_left_alone()
    {
        RunOptions run = Run();
        TrainingPlan plan = Plan(run, new TrainingOptions());
        using var model = new TrainingModel(plan);
        var policy = new CheckpointPolicy(plan, model, new CheckpointStore(run));
        Fill(model, 1);
        policy.RequireModel(_state);
        Assert.Equal(1, FirstWeight(run.ModelPath));

        Fill(model, 2);
        policy.RequireModel(_state);

        Assert.Equal(1, FirstWeight(run.ModelPath));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Network_saves_memory_as_the_options_say(bool saves)
    {
        using var model = new TrainingModel(Plan(Run(), new TrainingOptions { SaveMemory = saves }));

        Assert.Equal(saves, model.Network.SavesMemory);
    }

    private RunOptions Run() => new() { OutputPath = _folder, CheckpointTime = TimeSpan.FromHours(1) };

    private static TrainingPlan Plan(RunOptions run, TrainingOptions options)
    {
        var dataset = new Dataset { DicomPath = "-", LabelPath = "-", LabelNames = ["A", "B", "C", "D"], Preprocessing = new Preprocessing { InputSize = 16 }, Samples = [] };
        return new TrainingPlan(dataset, options with { BaseWidth = 1 }, run, new PatientSplit([], []), [torch.CPU]);
    }

    private EpochRecord Save(CheckpointPolicy policy, int epoch, double? dice = null, bool isLast = false)
    {
        EpochRecord record = _state.History[0] with { Epoch = epoch, ValidationDice = dice };
        return policy.Save(_state with { Epoch = epoch, StepInEpoch = 0, History = [record] }, record, isLast);
    }

    private static void Fill(TrainingModel model, float value)
    {
        using (torch.no_grad())
        {
            _ = model.Network.Parameters.Values.fill_(value);
        }
    }

    private static float FirstWeight(string path) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(MedSeg.Files.Safetensors.SafetensorsFile.Read(path).Tensors.Values.First().Data.Span)[0];
}
