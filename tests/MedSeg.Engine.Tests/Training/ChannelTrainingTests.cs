using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Tests.Data.Channels;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>Models of several channels, from training to masks.</summary>
public sealed class ChannelTrainingTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Architecture = NetworkArchitecture.PyramidNorm, Epochs = 2, BatchSize = 2, BaseWidth = 4, ValidationFraction = 0.4 };
    private readonly ChannelScan _scan = new ChannelScan().Add("P01").Add("P02").Add("P03");

    private string Output => Path.Combine(_scan.Folder, "out");

    private RunOptions Run => new() { OutputPath = Path.Combine(_scan.Folder, "run"), Device = "cpu" };

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData(NetworkArchitecture.Pyramid, 16)]
    [InlineData(NetworkArchitecture.PyramidNorm, 32)]
    [InlineData(NetworkArchitecture.UNet, 16)]
    public void An_ROI_that_only_the_second_channel_shows_is_learned_from_it(NetworkArchitecture architecture, int size)
    {
        Dataset Noisy(bool isTwice) => InMemoryDataset.Create(
            Enumerable.Range(0, 6).Select(i => Slice(i, size, isTwice)),
            new InMemoryDatasetOptions { InputSize = size, LabelNames = ["roi"], Channels = isTwice ? [new("noise", ""), new("signal", "")] : [] },
            TestContext.Current.CancellationToken);
        TrainingOptions options = s_options with { Architecture = architecture, Epochs = 25, LearningRate = 4e-3, ValidationFraction = 0.34, BaseWidth = 8, AugmentationProbability = 0 };
        double Best(bool isTwice) => new Trainer(Noisy(isTwice), options, Run with { ModelName = $"run{isTwice}" }).Run(null, CancellationToken.None).Max(epoch => epoch.ValidationDice ?? 0);

        Assert.InRange(Best(isTwice: true), 0.9, 1);
        Assert.InRange(Best(isTwice: false), 0, 0.6);
    }

    [Fact]
    public void A_run_that_was_stopped_ends_with_the_same_weights()
    {
        Dataset dataset = _scan.Import(ChannelScan.Channels);
        _ = new Trainer(dataset, s_options, Run with { ModelName = "whole" }).Run(null, CancellationToken.None).Last();

        _ = new Trainer(dataset, s_options, Run with { ModelName = "parts" }).Run(null, CancellationToken.None).First();
        _ = new Trainer(dataset, s_options, Run with { ModelName = "parts", Resume = true }).Run(null, CancellationToken.None).Last();

        Interchange.InterchangeData.AssertSame(
            MedSeg.Files.Safetensors.SafetensorsFile.Read((Run with { ModelName = "whole" }).ModelPath).Tensors, MedSeg.Files.Safetensors.SafetensorsFile.Read((Run with { ModelName = "parts" }).ModelPath).Tensors);
    }

    [Fact]
    public void A_data_set_with_other_channels_cannot_go_on()
    {
        _ = new Trainer(_scan.Import(ChannelScan.Channels), s_options, Run).Run(null, CancellationToken.None).First();

        MedSegException error = Assert.Throws<MedSegException>(() =>
            new Trainer(_scan.Import([.. ChannelScan.Channels.Reverse()]), s_options, Run with { Resume = true }).Run(null, CancellationToken.None).Last());

        Assert.Equal(ErrorIds.ResumeMismatch, error.ErrorId);
        Assert.Contains("the channels are (water, fat) in the checkpoint and (fat, water) in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_files_and_arrays_get_the_same_masks_from_torch_and_ONNX_Runtime()
    {
        string model = Train();
        using Segmenter segmenter = Open(model);

        SegmentedSlice[] slices = [.. segmenter.Run([_scan.Images], Target("folder"), events: Fail, cancellationToken: TestContext.Current.CancellationToken)];
        SliceMask[] ofFile = [.. segmenter.SegmentFile(Path.Combine(_scan.Images, "P02_F.nii.gz"), TestContext.Current.CancellationToken)];

        Assert.Equal(["P01_f1", "P01_f2", "P01_f3", "P02_f1", "P02_f2", "P02_f3", "P03_f1", "P03_f2", "P03_f3"], slices.Select(slice => slice.Name));
        Assert.Equal(slices.Skip(3).Take(3).Select(slice => slice.Rois[0].Pixels), ofFile.Select(mask => mask.Rois[0].Pixels));
        Assert.Equal(["P02_f1", "P02_f2", "P02_f3"], ofFile.Select(mask => mask.Name));
        SegmentedSlice[] single = [.. segmenter.Run([Path.Combine(_scan.Images, "P02_W.nii.gz")], Target("single"), events: Fail, cancellationToken: TestContext.Current.CancellationToken)];
        Assert.Equal(slices.Skip(3).Take(3).Select(slice => (slice.Name, slice.Confidence)), single.Select(slice => (slice.Name, slice.Confidence)));

        ModelExporter.Export(model, ModelFormat.Onnx, model + ".onnx");
        using Segmenter onnx = Open(model + ".onnx", new InferenceOptions { Backend = InferenceBackend.OnnxRuntime, TestTimeAugmentation = true });
        using Segmenter torch = Open(model, new InferenceOptions { TestTimeAugmentation = true });
        SegmentedSlice[] expected = [.. torch.Run([_scan.Images], Target("torch"), events: Fail, cancellationToken: TestContext.Current.CancellationToken)];
        SegmentedSlice[] found = [.. onnx.Run([_scan.Images], Target("onnx"), events: Fail, cancellationToken: TestContext.Current.CancellationToken)];
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Confidence ?? 0, pair.Second.Confidence ?? 0, 1e-3));
    }

    [Fact]
    public void Names_of_new_files_are_given_by_the_names_of_the_channels()
    {
        string model = Train();
        using Segmenter own = Open(model);
        using var other = new ChannelScan();
        other.Add("P02", water: "-water", fat: "-fat");
        using Segmenter renamed = Open(model, new InferenceOptions { Channels = [new("fat", "-fat"), new("water", "-water")] });

        var errors = new List<MedSegException>();
        Assert.Empty(own.Run([other.Images], Target("none"), events: new EngineEvents { Error = errors.Add }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ErrorIds.ChannelMissing, Assert.Single(errors).ErrorId);
        Assert.Equal(
            own.Run([Path.Combine(_scan.Images, "P02_W.nii.gz")], Target("own"), events: Fail, cancellationToken: TestContext.Current.CancellationToken).Select(slice => (slice.Name, slice.Confidence)),
            renamed.Run([other.Images], Target("renamed"), events: Fail, cancellationToken: TestContext.Current.CancellationToken).Select(slice => (slice.Name, slice.Confidence)));
        MedSegException error = Assert.Throws<MedSegException>(() => Open(model, new InferenceOptions { Channels = [new("T1", "-fat"), new("T2", "-water")] }));
        Assert.Equal(ErrorIds.ChannelsDiffer, error.ErrorId);
        Assert.Contains("'water', 'fat'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scan_without_a_channel_is_an_error_and_the_others_are_segmented()
    {
        string model = Train();
        File.Delete(Path.Combine(_scan.Images, "P02_F.nii.gz"));
        var errors = new List<MedSegException>();
        using Segmenter segmenter = Open(model);

        SegmentedSlice[] slices = [.. segmenter.Run([_scan.Images], Target("out"), events: new EngineEvents { Error = errors.Add }, cancellationToken: TestContext.Current.CancellationToken)];

        Assert.Equal(["P01", "P01", "P01", "P03", "P03", "P03"], slices.Select(slice => slice.Name[..3]));
        Assert.All(errors, error => Assert.Equal(ErrorIds.ChannelMissing, error.ErrorId));
        Assert.NotEmpty(errors);
    }

    private static EngineEvents Fail => new() { Error = error => throw error };

    private static LabeledSlice Slice(int number, int size, bool isTwice)
    {
        var random = new Random(number);
        (int left, int top) = (random.Next(size / 2), random.Next(size / 2));
        byte[] mask = [.. Enumerable.Range(0, size * size).Select(i => (byte)((i % size) - left >= 0 && (i % size) - left < size / 3 && (i / size) - top >= 0 && (i / size) - top < size / 3 ? 1 : 0))];
        float[] noise = [.. mask.Select(_ => random.NextSingle())];
        float[] signal = [.. mask.Select(roi => roi + (0.1f * random.NextSingle()))];
        return new LabeledSlice(new SliceImage { Name = $"s{number}", Pixels = noise, OtherChannels = isTwice ? [signal] : [], Rows = size, Columns = size }, mask, $"p{number}");
    }

    private static Segmenter Open(string model, InferenceOptions? options = null) => new(model, options ?? new InferenceOptions());

    private MaskOutput Target(string name) => new() { OutputPath = Path.Combine(Output, name) };

    private string Train()
    {
        _ = new Trainer(_scan.Import(ChannelScan.Channels), s_options, Run).Run(null, CancellationToken.None).Last();
        return Run.ModelPath;
    }
}
