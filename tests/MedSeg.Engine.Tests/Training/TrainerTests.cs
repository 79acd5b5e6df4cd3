using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;

namespace MedSeg.Tests.Training;

/// <summary>Whole runs on a small data set.</summary>
public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 3, BatchSize = 4, LearningRate = 1e-3, ReportInterval = 3, ValidationFraction = 0.4, CheckpointInterval = 1, BaseWidth = 2, Seed = 3 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, "cpu")]
    [InlineData(NetworkArchitecture.PyramidNorm, "cpu")]
    [InlineData(NetworkArchitecture.UNet, "cpu")]
    [InlineData(NetworkArchitecture.UNet, "cpu,cpu")]
    public void Run_stopped_within_an_epoch_and_resumed_is_bit_identical_to_an_uninterrupted_one(NetworkArchitecture architecture, string device)
    {
        Dataset dataset = Import();
        TrainingOptions options = s_options with { Architecture = architecture };
        RunOptions To(string name) => this.To(name) with { Device = device };
        EpochRecord[] whole = [.. new Trainer(dataset, options, To("whole")).Run(null, CancellationToken.None)];

        using var stop = new CancellationTokenSource();
        EpochRecord[] before = [.. new Trainer(dataset, options, To("parts")).Run(new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { stop.Cancel(); } } }, stop.Token)];
        EpochRecord[] after = [.. new Trainer(dataset, options, To("parts") with { Resume = true }).Run(null, CancellationToken.None)];

        Assert.Single(before);
        Assert.Equal(2, after.Length);
        Assert.Equal(whole.Select(r => r.Loss), before.Concat(after).Select(r => r.Loss));
        Assert.Equal(Tensors("whole"), Tensors("parts"));
    }

    [Fact]
    public void Run_whose_consumer_leaves_after_a_record_has_saved_that_epoch_and_resumes_bit_identically()
    {
        Dataset dataset = Import();
        TrainingOptions options = s_options with { CheckpointInterval = 1000 };
        _ = new Trainer(dataset, options, To("whole")).Run(null, CancellationToken.None).Last();

        EpochRecord left = new Trainer(dataset, options, To("parts")).Run(null, CancellationToken.None).First();

        Assert.Equal(1, left.Epoch);
        Assert.Equal(1, Checkpoint.Read(To("parts").CheckpointPath).State.Epoch);
        _ = new Trainer(dataset, options, To("parts") with { Resume = true }).Run(null, CancellationToken.None).Last();
        Assert.Equal(Tensors("whole"), Tensors("parts"));
    }

    [Fact]
    public async Task Run_is_bit_identical_while_others_draw_random_numbers()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options, To("alone")).Run(null, CancellationToken.None).Last();

        using var end = new CancellationTokenSource();
        Task other = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    using TorchSharp.torch.Tensor drawn = TorchSharp.torch.rand(10);
                    TorchSharp.torch.manual_seed(1);
                }
            },
            CancellationToken.None);
        _ = new Trainer(dataset, s_options, To("beside")).Run(null, CancellationToken.None).Last();
        await end.CancelAsync();
        await other;

        Assert.Equal(Tensors("alone"), Tensors("beside"));
    }

    [Fact]
    public void Error_within_an_epoch_leaves_a_checkpoint_of_the_last_step()
    {
        IEnumerable<EpochRecord> run = new Trainer(Import(), s_options, To("run")).Run(
            new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { throw new InvalidOperationException("planted"); } } },
            CancellationToken.None);

        Assert.Throws<InvalidOperationException>(() => run.Last());
        (Checkpoint state, _) = Checkpoint.Read(To("run").CheckpointPath);
        Assert.Equal((1, 1), (state.Epoch, state.StepInEpoch));
    }

    [Fact]
    public void Checkpoint_keeps_the_score_of_an_ROI_that_no_held_out_slice_has()
    {
        using var network = new PyramidNetwork(NetworkOptions.Published(32, 1), TorchSharp.torch.CPU);
        using var optimizer = new AdamOptimizer(network.Parameters);
        EpochRecord record = new() { Epoch = 1, Epochs = 1, Loss = 1, Dice = 0.5, LearningRate = 1, SlicesPerSecond = 1, Seconds = 1, PeakMemory = 1, Device = "cpu", ValidationDiceByRoi = [new RoiScore("A", double.NaN, 0)] };
        var state = new Checkpoint { Epoch = 1, StepInEpoch = 0, LossSum = 0, Steps = 1, Options = s_options, Description = Describe("A"), Run = "r", TrainingSlices = 1, ValidationSlices = 1, History = [record] };
        string path = Path.Combine(_folder, "nan.safetensors");

        AtomicFile.Write(path, state.ToCheckpoint(network.Parameters, optimizer).Write);

        RoiScore score = Assert.Single(Assert.Single(Checkpoint.Read(path).State.History).ValidationDiceByRoi!);
        Assert.True(double.IsNaN(score.Dice));
    }

    private static ModelDescription Describe(params string[] names) => new()
    {
        Data = new DataDescription { LabelNames = names, Preprocessing = new Preprocessing { InputSize = 32 } },
        Architecture = NetworkOptions.Published(32, names.Length),
    };

    [Fact]
    public void Resume_without_a_checkpoint_does_not_replace_a_finished_model()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Last();
        File.Delete(To("run").CheckpointPath);
        File.Delete(To("run").BestPath);
        byte[] model = File.ReadAllBytes(To("run").ModelPath);

        MedSegException error = Assert.Throws<MedSegException>(() => new Trainer(dataset, s_options, To("run") with { Resume = true }).Run(null, CancellationToken.None).Last());

        Assert.Equal("ModelExists", error.ErrorId);
        Assert.Equal(model, File.ReadAllBytes(To("run").ModelPath));
    }

    [Fact]
    public void Last_epoch_is_validated_on_held_out_patients()
    {
        EpochRecord last = new Trainer(Import(), s_options, To("run")).Run(null, CancellationToken.None).Last();

        Assert.Equal(4, last.ValidationDiceByRoi!.Count);
        Assert.All(last.ValidationDiceByRoi, s => Assert.InRange(s.Dice, 0, 1));
        Assert.True(File.Exists(last.ModelPath));
    }

    [Fact]
    public void Existing_model_is_not_replaced_without_force()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Last();

        MedSegException error = Assert.Throws<MedSegException>(() => new Trainer(dataset, s_options, To("run")).Run(null, CancellationToken.None).First());
        Assert.Equal("ModelExists", error.ErrorId);
    }

    [Fact]
    public void Patients_are_never_in_both_parts()
    {
        PatientSplit split = PatientSplit.Create(Import(), new SplitOptions { ValidationFraction = 0.4, Seed = 1 });

        Assert.NotEmpty(split.Validation);
        Assert.NotEmpty(split.Training);
        Assert.Empty(split.Training.Select(s => s.Patient).Intersect(split.Validation.Select(s => s.Patient)));
    }

    [Fact]
    public void Altered_checkpoint_is_refused()
    {
        _ = new Trainer(Import(), s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Last();
        string path = To("run").CheckpointPath;
        byte[] content = File.ReadAllBytes(path);
        content[^5] ^= 1;
        File.WriteAllBytes(path, content);

        FileFormatException error = Assert.Throws<FileFormatException>(() => Checkpoint.Read(path));
        Assert.Equal("CheckpointDamaged", error.ErrorId);
    }

    [Fact]
    public void Validation_data_set_is_held_out_whole_and_a_patient_in_both_is_told()
    {
        Dataset training = Import();
        Dataset heldOut = Import("heldout");
        var decisions = new List<string>();
        var warnings = new List<string>();
        var observer = new EngineEvents { Decision = decisions.Add, Warning = warnings.Add };
        TrainingOptions options = s_options with { ValidationFraction = 0, Epochs = 1 };

        EpochRecord last = new Trainer(training, options, To("apart"), heldOut).Run(observer, CancellationToken.None).Last();

        Assert.Empty(warnings);
        Assert.Contains(decisions, d => d.StartsWith("Training on 12 slices of 4 patients, validating on 3 slices of 1 patients", StringComparison.Ordinal));
        Assert.All(last.ValidationDiceByRoi!, score => Assert.InRange(score.Slices, 1, 3));

        _ = new Trainer(training, options, To("same"), training).Run(observer, CancellationToken.None).Last();
        Assert.StartsWith("4 patients", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_data_set_that_does_not_fit_is_refused()
    {
        Dataset training = Import();
        Dataset heldOut = Import("heldout");
        TrainingOptions options = s_options with { ValidationFraction = 0 };

        Assert.Equal("ValidationMismatch", Error(options, heldOut with { InputSize = 64 }));
        Assert.Equal("ValidationMismatch", Error(options, heldOut with { LabelNames = ["A"] }));
        Assert.Equal("ValidationMismatch", Error(options, heldOut with { LabelNames = [.. heldOut.LabelNames.Reverse()] }));
        Assert.Equal("ValidationMismatch", Error(options, heldOut with { ResizeMode = ResizeMode.Pad }));
        Assert.Equal("ValidationTwice", Error(s_options, heldOut));
        Assert.Equal("NoUsableSamples", Error(options, heldOut with { Samples = [] }));

        string Error(TrainingOptions o, Dataset validation) =>
            Assert.Throws<MedSegException>(() => new Trainer(training, o, To("run"), validation).Run(null, CancellationToken.None).First()).ErrorId;
    }

    private Dataset Import(string part = "train")
    {
        string root = Path.Combine(_folder, "data");
        if (!Directory.Exists(root))
        {
            DemoDataset.Create(new DemoDatasetOptions { Root = root, TrainingPatients = 4, HeldOutPatients = 1, SlicesPerPatient = 3 }, null, CancellationToken.None);
        }

        return DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(root, part, "dicoms"), LabelPath = Path.Combine(root, part, "labels"), InputSize = 32 });
    }

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };

    private string[] Tensors(string name) =>
        [.. SafetensorsFile.Read(To(name).ModelPath).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];
}
