using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.Models;
using MedSeg.Network.Definition;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Data;

/// <summary>Mask pixels of which nobody said what they are.</summary>
public sealed class IgnoreLabelTests : IDisposable
{
    private const int Side = 32;
    private static readonly InMemoryDatasetOptions s_options = new() { LabelNames = ["A", "B"], InputSize = Side, IgnoreLabel = 255 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Value_becomes_ignored_pixels_that_count_as_nothing_else()
    {
        LabelImage mask = Mask(0, 1, 7, 7, 1, 0);

        LabelCheckResult check = LabelSnap.Check(mask, 2, ignoreLabel: 7);

        Assert.Equal([0, 1, 255, 255, 1, 0], check.Roi!);
        Assert.Empty(check.Problems);
        Assert.Equal("LabelAboveRange", LabelSnap.Check(mask, 2, ignoreLabel: 255).Problems[0].Code);
        Assert.Equal([2L, 2, 0], SliceDecoder.CountRois(check.Roi!, 2));
    }

    [Fact]
    public void Other_values_are_mapped_as_without_it()
    {
        var map = new LabelMapping { Values = new Dictionary<float, int> { [10] = 2 } };

        Assert.Equal([0, 2, 255, 1], LabelSnap.Check(Mask(0, 10, 255, 1), 2, map: map, ignoreLabel: 255).Roi!);
        Assert.Equal([0, 255, 255], LabelSnap.Check(Mask(0, 255, 255), 2, ignoreLabel: 255).Roi!);
        Assert.Equal("LabelBinaryMask", LabelSnap.Check(Mask(0, 255, 255), 2).Problems[0].Code);
    }

    [Fact]
    public void JPEG_mask_with_ignored_pixels_is_refused()
    {
        LabelProblem problem = LabelSnap.Check(Mask(0, 128, 255) with { IsLossy = true }, 2, ignoreLabel: 255).Problems[0];

        Assert.Equal(("LabelIgnoredJpeg", "Save masks as PNG or .npy."), (problem.Code, problem.Advice));
    }

    [Theory]
    [InlineData(2, "-IgnoreLabel is 2, but this is the value of the ROI 'B'.")]
    [InlineData(0, "-IgnoreLabel is 0, but it must be from 1 to 65535.")]
    public void Value_of_an_ROI_is_refused(int value, string message)
    {
        var error = Assert.Throws<MedSegException>(() => InMemoryDataset.Create([Slice(0)], s_options with { IgnoreLabel = value }, TestContext.Current.CancellationToken));

        Assert.Equal(("IgnoreLabelInvalid", message), (error.ErrorId, error.Finding));
    }

    [Fact]
    public void Value_of_the_map_is_refused()
    {
        var options = new DatasetOptions { DicomPath = _folder, LabelPath = _folder, IgnoreLabel = 255, LabelMap = new LabelMapping { Values = new Dictionary<float, int> { [255] = 1 } } };

        Assert.Equal("-IgnoreLabel is 255, but -LabelMap maps this value to ROI 1.", Assert.Throws<MedSegException>(options.Validate).Finding);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(16)]
    [InlineData(48)]
    public void Resizing_keeps_the_ignored_area(int size)
    {
        Sample sample = InMemoryDataset.Create([Slice(0)], s_options with { InputSize = size }, TestContext.Current.CancellationToken).Samples[0];

        double share = sample.IgnoredPixels / (double)(Side * Side);
        Assert.Equal(share, sample.Roi().Count(v => v == 255) / (double)(size * size), 0.02);
        Assert.Equal(Side * Side, sample.IgnoredPixels + sample.RoiPixels.Sum());
        Assert.Equal(sample.IgnoredPixels, sample.Pixels!.ReadTruth().Unpack().LongCount(v => v == 255));
    }

    [Fact]
    public void What_is_found_in_ignored_pixels_changes_no_score()
    {
        CaseScore[] dark = Score(garbage: 0);
        CaseScore[] bright = Score(garbage: 1);
        CaseScore[] counted = Score(garbage: 1, isIgnored: false);

        Assert.Equal(dark, bright);
        Assert.NotEqual(dark, counted);
        Assert.All(dark, s => Assert.True(s.Dice is > 0.5 and < 1 && s.Hausdorff95 is not null));
    }

    [Fact]
    public void Training_is_the_same_whatever_the_value_and_validates_as_the_model_is_measured()
    {
        Dataset[] sets = [.. new[] { 255, 77 }.Select(value => InMemoryDataset.Create(Enumerable.Range(0, 4).Select(i => Slice(i, garbage: 0.5f, (byte)value)), s_options with { IgnoreLabel = value }, TestContext.Current.CancellationToken))];
        Dataset background = InMemoryDataset.Create(Enumerable.Range(0, 4).Select(i => Slice(i, garbage: 0.5f, value: 0)), s_options, TestContext.Current.CancellationToken);

        EpochRecord first = Train(sets[0], "first");
        EpochRecord second = Train(sets[1], "second");
        EpochRecord other = Train(background, "other");

        Assert.Equal((first.Loss, first.Dice, first.ValidationDice), (second.Loss, second.Dice, second.ValidationDice));
        Assert.NotEqual(first.Loss, other.Loss);
        Assert.True(first.ValidationDice > 0.5, $"The Dice is {first.ValidationDice}.");
        ModelEvaluation measured = ModelEvaluator.Evaluate(first.ModelPath!, sets[0], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(measured.Rois.Average(roi => roi.Dice!.Value), first.ValidationDice!.Value, 1e-6);
    }

    [Fact]
    public void Inspection_and_pictures_leave_out_ignored_pixels()
    {
        Dataset dataset = InMemoryDataset.Create(Enumerable.Range(0, 10).Select(i => Slice(i)), s_options, TestContext.Current.CancellationToken);

        DatasetInspection inspection = DatasetInspector.Inspect(dataset, cancellationToken: TestContext.Current.CancellationToken);
        using var png = new MemoryStream();
        PreviewPicture.Write(png, BatchPreview.FirstBatch(dataset, new TrainingOptions()), dataset.LabelNames);

        Assert.All(inspection.Reports, report => Assert.Equal(["A", "B"], report.RoiPixels.Keys));
        Assert.Equal(dataset.Samples.Sum(s => s.RoiPixels[1]), inspection.Reports.Sum(r => r.RoiPixels["A"]));
        Assert.True(png.Length > 0);
    }

    private static LabelImage Mask(params float[] values) => new(1, values.Length, values, IsLossy: false);

    private static CaseScore[] Score(float garbage, bool isIgnored = true)
    {
        Dataset dataset = InMemoryDataset.Create([Slice(0, garbage, isIgnored ? (byte)255 : (byte)0)], s_options, TestContext.Current.CancellationToken);
        var model = ScanFolder.Model with { Description = new ModelDescription { Data = dataset.Description, Architecture = NetworkOptions.Published(Side, 2) } };
        return [.. ModelEvaluator.Evaluate(model, _ => new BrightnessBackend(Side), dataset, new InferenceOptions(), seed: 0, null, TestContext.Current.CancellationToken).Slices];
    }

    // Two squares of which the model finds a column too few, and a band of ignored pixels that covers the lower part of both.
    private static LabeledSlice Slice(int number, float garbage = 0, byte value = 255)
    {
        byte[] mask = new byte[Side * Side];
        float[] pixels = new float[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            (int row, int column) = (i / Side, i % Side);
            int roi = row is >= 6 and < 22 ? (column is >= 4 and < 12 ? 1 : column is >= 18 and < 28 ? 2 : 0) : 0;
            bool isShort = column is 11 or 27;
            bool isBand = row is >= 16 and < 22 && column >= 2 + (number % 2);
            mask[i] = isBand ? value : (byte)roi;
            pixels[i] = isBand ? garbage : isShort ? 0 : roi / 2f;
        }

        return new(new SliceImage { Name = $"s{number}", Pixels = pixels, Rows = Side, Columns = Side, Spacing = new PixelSpacing(1, 1) }, mask, $"p{number}");
    }

    private EpochRecord Train(Dataset dataset, string name)
    {
        var options = new TrainingOptions { Epochs = 20, BaseWidth = 4, BatchSize = 2, LearningRate = 4e-3, ReportInterval = 20, AugmentationProbability = 0, DropoutRate = 0, Loss = MedSeg.Network.Losses.LossFunction.BatchDiceCrossEntropy };
        return new Trainer(dataset, options, new RunOptions { OutputPath = _folder, ModelName = name, Device = "cpu" }, dataset).Run(null, TestContext.Current.CancellationToken).Last();
    }
}
