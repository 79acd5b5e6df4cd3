using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;

namespace MedSeg.Tests.Training;

/// <summary>Runs with several sets of options: their names, and what a failed run does to the others.</summary>
public sealed class SweepTests : IDisposable
{
    private static readonly TrainingOptions s_options = new() { Epochs = 2, BatchSize = 8, LearningRate = 1e-3, BaseWidth = 2, ValidationFraction = 0.4, AugmentationProbability = 0, ReportInterval = 1 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public SweepTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 3, HeldOutPatients = 0, SlicesPerPatient = 1, Size = 48 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_whose_loss_becomes_NaN_is_a_failed_result_and_the_next_one_trains()
    {
        SweepPoint[] points = [Point(1e-3), Point(1e-2)];
        var sweep = new Sweep(_dataset, points, new RunOptions { OutputPath = Path.Combine(_folder, "sweep"), Device = "cpu" });
        var errors = new List<string>();
        float[][] images = [.. _dataset.Samples.Select(sample => Change(sample, image => image.Fill(float.NaN)))];

        SweepRun failed = sweep.Run(points[0], new EngineEvents { Error = e => errors.Add(e.ErrorId) }, TestContext.Current.CancellationToken);
        foreach ((Sample sample, float[] image) in _dataset.Samples.Zip(images))
        {
            Change(sample, pixels => image.CopyTo(pixels));
        }

        SweepRun next = sweep.Run(points[1], events: null, TestContext.Current.CancellationToken);

        Assert.Equal((RunState.Failed, null, null), (failed.State, failed.ValidationDice, failed.ModelPath));
        Assert.StartsWith("The loss became NaN or infinite", failed.Error, StringComparison.Ordinal);
        Assert.Equal([ErrorIds.LossNotFinite], errors);
        Assert.Equal((RunState.Finished, 2), (next.State, next.Epoch));
        Assert.True(File.Exists(next.ModelPath));
    }

    [Theory]
    [InlineData("LearningRate", 0.001, "LearningRate-0.001")]
    [InlineData("LearningRate", 1e-5, "LearningRate-1E-05")]
    [InlineData("Seed", -3, "Seed--3")]
    [InlineData("BalancedSampling", true, "BalancedSampling-True")]
    public void Name_says_the_options(string option, object value, string name) =>
        Assert.Equal(name, SweepPoint.Of([KeyValuePair.Create(option, value)], s_options).Name);

    [Fact]
    public void Names_of_unusual_and_of_many_options_are_short_and_differ()
    {
        string[] names =
        [
            SweepPoint.Of([KeyValuePair.Create("FoldPath", (object)"a/b")], s_options).Name,
            SweepPoint.Of([KeyValuePair.Create("FoldPath", (object)"a:b")], s_options).Name,
            SweepPoint.Of([.. Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"Option{i}", (object)0.125))], s_options).Name,
            SweepPoint.Of([.. Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"Option{i}", (object)(i == 19 ? 0.25 : 0.125)))], s_options).Name,
        ];

        Assert.Equal(4, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9.+_-]{1,80}$", name));
    }

    private static SweepPoint Point(double rate) => SweepPoint.Of([KeyValuePair.Create("LearningRate", (object)rate)], s_options with { LearningRate = rate });

    private static float[] Change(Sample sample, ImageChange change)
    {
        using RentedSlice pixels = sample.Pixels!.Open();
        float[] before = [.. pixels.Image];
        change(pixels.Image);
        return before;
    }

    private delegate void ImageChange(Span<float> image);
}
