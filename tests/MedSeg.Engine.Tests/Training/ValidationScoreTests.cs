using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Training;
using MedSeg.Tests.Data;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>The scores that training reports, against those of the trained model.</summary>
public sealed class ValidationScoreTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 8, BatchSize = 2, LearningRate = 4e-3, ReportInterval = 8, BaseWidth = 4, AugmentationProbability = 0, DropoutRate = 0 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(LabelResampling.Area, 0, 0)]
    [InlineData(LabelResampling.Nearest, 0, 0.9)]
    [InlineData(LabelResampling.Area, 1.5, 0)]
    public void ValidationDice_is_what_the_evaluation_of_the_model_gives(LabelResampling labels, double pixelSize, double weightAveraging)
    {
        Dataset training = Create(6, labels, pixelSize, seed: 1);
        Dataset heldOut = Create(3, labels, pixelSize, seed: 2);

        EpochRecord last = new Trainer(training, s_options with { WeightAveraging = weightAveraging }, To("run"), heldOut).Run(null, TestContext.Current.CancellationToken).Last();
        ModelEvaluation evaluation = ModelEvaluator.Evaluate(last.ModelPath!, heldOut, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(evaluation.Rois.Select(roi => roi.Dice!.Value), last.ValidationDiceByRoi!.Select(roi => roi.Dice), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(evaluation.Rois.Average(roi => roi.Dice!.Value), last.ValidationDice!.Value, 1e-6);
        Assert.InRange(last.ValidationDice.Value, 0.3, 0.99);
    }

    [Fact]
    public void Fast_validation_compares_at_the_input_size()
    {
        Dataset training = Create(6, LabelResampling.Area, pixelSize: 0, seed: 1);
        Dataset heldOut = Create(3, LabelResampling.Area, pixelSize: 0, seed: 2);
        int size = heldOut.InputSize;
        LabeledSlice[] reduced = [.. heldOut.Samples.Select(sample => new LabeledSlice(new SliceImage { Name = sample.Name, Pixels = sample.Image(), Rows = size, Columns = size }, sample.Roi(), sample.Patient))];
        Dataset atInputSize = InMemoryDataset.Create(reduced, new InMemoryDatasetOptions { LabelNames = heldOut.LabelNames, InputSize = size, Normalization = Normalization.None }, TestContext.Current.CancellationToken);

        EpochRecord fast = new Trainer(training, s_options with { FastValidation = true }, To("fast"), heldOut).Run(null, TestContext.Current.CancellationToken).Last();
        EpochRecord whole = new Trainer(training, s_options, To("whole"), heldOut).Run(null, TestContext.Current.CancellationToken).Last();

        var network = ModelEvaluator.Evaluate(fast.ModelPath!, heldOut, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(network.Rois.Average(roi => roi.Dice!.Value), whole.ValidationDice!.Value, 1e-6);
        Assert.Equal(whole.Loss, fast.Loss);
        Assert.NotEqual(whole.ValidationDice, fast.ValidationDice);
        EpochRecord same = new Trainer(training with { Normalization = Normalization.None }, s_options, To("same"), atInputSize).Run(null, TestContext.Current.CancellationToken).Last();
        Assert.Equal(same.ValidationDice!.Value, fast.ValidationDice!.Value, 1e-9);
    }

    [Fact]
    public void Masks_of_a_model_with_shifted_labels_are_moved_back_unless_the_user_wants_them_as_they_are()
    {
        Dataset dataset = Create(6, LabelResampling.Nearest, pixelSize: 0, seed: 1);
        EpochRecord last = new Trainer(dataset, s_options, To("run")).Run(null, TestContext.Current.CancellationToken).Last();

        double Score(bool keep) => ModelEvaluator.Evaluate(last.ModelPath!, dataset, new InferenceOptions { KeepLabelShift = keep }, cancellationToken: TestContext.Current.CancellationToken).Rois.Average(r => r.Dice!.Value);

        Assert.True(Score(keep: false) > Score(keep: true), $"{Score(keep: false)} with the correction, {Score(keep: true)} without");
    }

    [Fact]
    public void Run_with_shifted_labels_resumes_with_such_labels_only()
    {
        TrainingOptions options = s_options with { Epochs = 2, CheckpointInterval = 1 };
        _ = new Trainer(Create(2, LabelResampling.Nearest, 0, seed: 1), options with { Epochs = 1 }, To("run")).Run(null, TestContext.Current.CancellationToken).Last();

        var error = Assert.Throws<MedSegException>(() =>
            new Trainer(Create(2, LabelResampling.Area, 0, seed: 1), options, To("run") with { Resume = true }).Run(null, TestContext.Current.CancellationToken).Last());

        Assert.Equal("ResumeMismatch", error.ErrorId);
        Assert.Contains("-LabelResampling of Import-MedSegDataset is Nearest in the checkpoint and Area in this run", error.Message, StringComparison.Ordinal);
        _ = new Trainer(Create(2, LabelResampling.Nearest, 0, seed: 1), options, To("run") with { Resume = true }).Run(null, TestContext.Current.CancellationToken).Last();
    }

    [Fact]
    public void Image_without_pixel_spacing_is_refused_where_a_pixel_size_is_wanted()
    {
        var error = Assert.Throws<MedSegException>(() =>
            InMemoryDataset.Create([Slice(0, new Random(1), spacing: null)], new InMemoryDatasetOptions { LabelNames = ["A", "B"], InputSize = 32, PixelSize = 1.5 }, TestContext.Current.CancellationToken));

        Assert.Equal("PixelSpacingMissing", error.ErrorId);
        Assert.Contains("-PixelSize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_any_resolution_get_the_same_pixel_size_and_masks_come_back_at_their_own()
    {
        // The same disc of 24 mm at two resolutions.
        float[] Draw(int side, double pixel) =>
            [.. Enumerable.Range(0, side * side).Select(i => Math.Pow(((i / side) + 0.5) * pixel - 30, 2) + Math.Pow(((i % side) + 0.5) * pixel - 30, 2) < 144 ? 100f : 0f)];
        LabeledSlice Make(string name, int side, double pixel)
        {
            float[] pixels = Draw(side, pixel);
            return new(new SliceImage { Name = name, Pixels = pixels, Rows = side, Columns = side, Spacing = new PixelSpacing(pixel, pixel) }, Array.ConvertAll(pixels, v => (byte)(v / 100)), name);
        }

        var options = new InMemoryDatasetOptions { LabelNames = ["Disc"], InputSize = 32, PixelSize = 1.5 };
        Dataset dataset = InMemoryDataset.Create([Make("fine", 120, 0.5), Make("coarse", 60, 1)], options, TestContext.Current.CancellationToken);

        int[] pixels = [.. dataset.Samples.Select(sample => sample.Pixels!.Open().Roi.Count(v => v == 1))];
        Assert.All(pixels, count => Assert.InRange(count, 0.94 * Math.PI * 144 / 2.25, 1.06 * Math.PI * 144 / 2.25));
        Assert.Equal([120 * 120, 60 * 60], dataset.Samples.Select(sample => sample.Pixels!.ReadTruth().Unpack().Length));
    }

    private static Dataset Create(int count, LabelResampling labels, double pixelSize, int seed)
    {
        var random = new Random(seed);
        return InMemoryDataset.Create(
            Enumerable.Range(0, count).Select(i => Slice((100 * seed) + i, random, new PixelSpacing(1, 1))),
            new InMemoryDatasetOptions { LabelNames = ["A", "B"], InputSize = 32, LabelResampling = labels, PixelSize = pixelSize },
            TestContext.Current.CancellationToken);
    }

    // 64 × 64 pixels with a bright and a less bright disc, which have nothing to do with each other's place.
    private static LabeledSlice Slice(int number, Random random, PixelSpacing? spacing)
    {
        const int side = 64;
        (double Y, double X) a = (22 + (8 * random.NextDouble()), 18 + (8 * random.NextDouble()));
        (double Y, double X) b = (38 + (8 * random.NextDouble()), 38 + (8 * random.NextDouble()));
        byte[] mask = new byte[side * side];
        float[] pixels = new float[side * side];
        for (int i = 0; i < mask.Length; i++)
        {
            double y = (i / side) + 0.5;
            double x = (i % side) + 0.5;
            mask[i] = Math.Pow(y - a.Y, 2) + Math.Pow(x - a.X, 2) < 81 ? (byte)1 : Math.Pow(y - b.Y, 2) + Math.Pow(x - b.X, 2) < 64 ? (byte)2 : (byte)0;
            pixels[i] = (mask[i] * 300) + (20 * random.NextSingle());
        }

        return new(new SliceImage { Name = $"s{number}", Pixels = pixels, Rows = side, Columns = side, Spacing = spacing }, mask, $"p{number}");
    }

    private RunOptions To(string name) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu" };
}
