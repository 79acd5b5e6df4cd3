using System.Text.Json;
using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Network.Definition;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>Runs with another precision than float32.</summary>
public sealed class PrecisionTrainingTests : IDisposable
{
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 3, BatchSize = 4, LearningRate = 1e-3, BaseWidth = 2, WeightAveraging = 0.9, GradientClip = 1, ReportInterval = 1, ValidationFraction = 0.3, Seed = 3, Precision = Precision.BFloat16,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cpu", 0, NetworkArchitecture.Pyramid)]
    [InlineData("cpu,cpu", 0, NetworkArchitecture.PyramidNorm)]
    [InlineData("cpu", 2, NetworkArchitecture.UNet)]
    public void Run_that_stops_within_an_epoch_resumes_bit_identically(string device, int shares, NetworkArchitecture architecture)
    {
        Dataset dataset = Import();
        TrainingOptions options = s_options with { Shares = shares, Architecture = architecture };
        EpochRecord[] whole = [.. new Trainer(dataset, options, To("whole", device)).Run(null, CancellationToken.None)];
        using var stop = new CancellationTokenSource();
        _ = new Trainer(dataset, options, To("parts", device)).Run(new EngineEvents { Progress = p => { if (p is TrainingProgress { Epoch: 2, Step: 1 }) { stop.Cancel(); } } }, stop.Token).Count();

        // Auto keeps what the run began with.
        _ = new Trainer(dataset, options with { Precision = Precision.Auto }, To("parts", device) with { Resume = true }).Run(null, CancellationToken.None).Last();

        Assert.Equal(Tensors("whole"), Tensors("parts"));
        Assert.All(SafetensorsFile.Read(To("parts").ModelPath).Tensors.Values, tensor => Assert.Equal(SafetensorsTensor.SinglePrecision, tensor.DataType));

        EpochRecord[] exact = [.. new Trainer(dataset, options with { Precision = Precision.Float32, DropoutRate = 0 }, To("exact", device)).Run(null, CancellationToken.None)];
        EpochRecord[] rounded = [.. new Trainer(dataset, options with { DropoutRate = 0 }, To("rounded", device)).Run(null, CancellationToken.None)];
        Assert.Equal(3, whole.Length);
        Assert.NotEqual(exact[0].Loss, rounded[0].Loss);
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 0.02));
    }

    [Fact]
    public void Resuming_with_another_precision_is_refused()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Last();

        var error = Assert.Throws<MedSegException>(() => new Trainer(dataset, s_options with { Precision = Precision.Float32 }, To("run") with { Resume = true }).Run(null, CancellationToken.None).Count());

        Assert.Equal(ErrorIds.ResumeMismatch, error.ErrorId);
        Assert.Contains("-Precision is BFloat16 in the checkpoint and Float32 in this run", error.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_and_options_have_what_Auto_was_settled_to()
    {
        List<string> decisions = [];
        Precision expected = PrecisionChoice.Settle(Precision.Auto, [torch.CPU], 32);

        _ = new Trainer(Import(), s_options with { Epochs = 1, Precision = Precision.Auto }, To("run")).Run(new EngineEvents { Decision = decisions.Add }, CancellationToken.None).Last();

        Assert.Equal(Precision.Float32, expected); // On any CPU, since the input is small.
        Assert.Equal(expected, Trainer.ReadOptions(To("run"))!.Precision);
        Assert.Contains(decisions, text => text.Contains($"precision {expected}", StringComparison.Ordinal));
    }

    [Fact]
    public void Log_states_the_precision_and_SaveMemory_takes_effect_except_with_torch_s_convolutions_on_Windows()
    {
        List<string> warnings = [];

        _ = new Trainer(Import(), s_options with { Epochs = 1, SaveMemory = true }, To("run")).Run(new EngineEvents { Warning = warnings.Add }, CancellationToken.None).Last();

        Assert.Equal(CpuFeatures.LeavesBFloat16ToTorch && !OperatingSystem.IsLinux(), warnings.Contains("-SaveMemory has no effect with -Precision BFloat16."));

        using JsonDocument start = JsonDocument.Parse(File.ReadLines(To("run").LogPath).First());
        Assert.Equal((int)Precision.BFloat16, start.RootElement.GetProperty("options").GetProperty("Precision").GetInt32());
    }

    [Fact]
    public void Float16_on_the_CPU_is_refused_before_anything_is_written()
    {
        var error = Assert.Throws<MedSegException>(() => new Trainer(Import(), s_options with { Precision = Precision.Float16 }, To("run")).Run(null, CancellationToken.None).Count());

        Assert.Equal(ErrorIds.PrecisionUnsupported, error.ErrorId);
        Assert.False(Directory.Exists(To("run").OutputPath));
    }

    [Fact]
    public void Checkpoint_keeps_what_the_loss_is_multiplied_by_and_a_model_does_not()
    {
        var state = new Checkpoint
        {
            Epoch = 1, StepInEpoch = 2, LossSum = 0, Steps = 3, GradientScale = new GradientScale(1024, 17), Options = s_options with { Precision = Precision.Float16 },
            Description = Checkpoint.Start(Import(), s_options, MedSeg.Training.Splits.PatientSplit.Create(Import(), s_options.Split), TestContext.Current.CancellationToken).Description,
            Run = "run", TrainingSlices = 4, ValidationSlices = 2, History = [],
        };
        string json = CheckpointState.Of(state).ToJson();

        Assert.Equal(new GradientScale(1024, 17), CheckpointState.FromJson(json, "c").ToCheckpoint().GradientScale);
        Assert.DoesNotContain("GradientScale", CheckpointState.Of(state with { GradientScale = null }).ToJson(), StringComparison.Ordinal);
        foreach (string wrong in (string[])["\"Scale\":0", "\"Scale\":-1"])
        {
            var error = Assert.Throws<FileFormatException>(() => CheckpointState.FromJson(json.Replace("\"Scale\":1024", wrong, StringComparison.Ordinal), "c"));
            Assert.Contains("GradientScale", error.Finding, StringComparison.Ordinal);
        }

        Assert.Throws<FileFormatException>(() => CheckpointState.FromJson(json.Replace("\"Precision\":2", "\"Precision\":9", StringComparison.Ordinal), "c"));
    }

    [Fact]
    public void Masks_in_bfloat16_are_those_of_float32_but_for_a_few_pixels()
    {
        Dataset dataset = Import();
        _ = new Trainer(dataset, s_options with { Epochs = 30, Precision = Precision.Float32, BaseWidth = 4, LearningRate = 4e-3, CropMinimum = 1, CropMaximum = 1 }, To("model")).Run(null, CancellationToken.None).Last();
        SliceMask[] Masks(Precision precision)
        {
            using var segmenter = new Segmenter(To("model").ModelPath, new InferenceOptions { Precision = precision, Device = "cpu" });
            return [.. Directory.GetFiles(Path.Combine(_folder, "data", "train", "dicoms"), "*", SearchOption.AllDirectories).Order().SelectMany(path => segmenter.SegmentFile(path, TestContext.Current.CancellationToken))];
        }

        SliceMask[] exact = Masks(Precision.Float32);
        SliceMask[] rounded = Masks(Precision.BFloat16);

        long pixels = exact.Sum(mask => (long)mask.Pixels.Length);
        long others = exact.Zip(rounded).Sum(pair => pair.First.Pixels.Zip(pair.Second.Pixels).LongCount(p => p.First != p.Second));
        Assert.True(exact.Sum(mask => mask.Pixels.LongCount(p => p != 0)) > pixels / 50, "The model finds nothing.");
        Assert.InRange(others, 1, pixels / 200);
    }

    [Fact]
    public void Precision_of_ONNX_Runtime_is_what_the_file_says()
    {
        _ = new Trainer(Import(), s_options with { Epochs = 1 }, To("run")).Run(null, CancellationToken.None).Last();
        InferenceOptions options = new() { Precision = Precision.BFloat16, Backend = InferenceBackend.OnnxRuntime };

        var error = Assert.Throws<MedSegException>(() => new Segmenter(To("run").ModelPath, options));

        Assert.Equal(ErrorIds.PrecisionUnsupported, error.ErrorId);
        Assert.Contains("-Precision BFloat16 is not possible", error.Finding, StringComparison.Ordinal);
        new Segmenter(To("run").ModelPath, options with { Precision = Precision.Auto }).Dispose();
    }

    private Dataset Import()
    {
        string root = Path.Combine(_folder, "data");
        if (!Directory.Exists(root))
        {
            DemoDataset.Create(new DemoDatasetOptions { Root = root, TrainingPatients = 4, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 48 });
        }

        return DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(root, "train", "dicoms"), LabelPath = Path.Combine(root, "train", "labels"), InputSize = 32 });
    }

    private RunOptions To(string name, string device = "cpu") => new() { OutputPath = Path.Combine(_folder, name), Device = device };

    private string[] Tensors(string name) =>
        [.. SafetensorsFile.Read(To(name).ModelPath).Tensors.Select(t => $"{t.Key} {Convert.ToHexString(t.Value.Data.Span)}")];
}
