using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Inspection;
using MedSeg.Threading;

namespace MedSeg.Tests.Inspection;

/// <summary>Each step of an inspection stops, not only the inspection between its steps.</summary>
public sealed class InspectionStopTests
{
    private const int Side = 32;
    private static readonly string[] s_names = ["A", "B"];
    private static readonly CancellationToken s_stopped = new(canceled: true);

    // Twelve slices, of which the first and the last are of the same image.
    private readonly InspectedSlice[] _slices = [.. Enumerable.Range(0, 12).Select(i => Slice(i, i % 11))];

    public static TheoryData<string> Steps => [.. s_steps.Keys];

    private static readonly Dictionary<string, Action<InspectedSlice[], CancellationToken>> s_steps = new()
    {
        ["mislabelled ROIs"] = (slices, token) => MislabelFinder.Find(slices, s_names, token),
        ["unusual ROIs"] = (slices, token) => OutlierFinder.FindRois(slices, s_names, token),
        ["unusual images"] = OutlierFinder.FindImages,
        ["identical images"] = DuplicateFinder.FindImages,
        ["identical masks"] = DuplicateFinder.FindMasks,
        ["validation"] = (slices, token) => DuplicateFinder.FindInValidation(slices[..6], slices[6..], token),
        ["profile"] = (slices, token) => TrainingDataProfile.Of([.. slices.Select(slice => slice.Sample)], Side, token),
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void Step_stops(string step)
    {
        s_steps[step](_slices, CancellationToken.None);
        Assert.ThrowsAny<OperationCanceledException>(() => s_steps[step]([.. Enumerable.Range(0, 12).Select(i => Slice(i, i % 11))], s_stopped));
    }

    [Fact]
    public void Progress_is_of_the_samples_and_then_of_the_steps()
    {
        var seen = new List<WorkProgress>();
        Sample[] samples = [.. _slices.Select(slice => slice.Sample)];
        Dataset dataset = InMemoryDataset.Create([.. Enumerable.Range(0, 12).Select(i => Labeled(i, i % 11))], new InMemoryDatasetOptions { InputSize = Side, LabelNames = s_names }, cancellationToken: TestContext.Current.CancellationToken);
        var events = new EngineEvents
        {
            Progress = progress =>
            {
                lock (seen)
                {
                    seen.Add(progress);
                }
            },
        };

        DatasetInspector.Inspect(dataset, validation: null, events, TestContext.Current.CancellationToken);

        Assert.Equal(samples.Length, seen.Count(progress => progress.Stage is null));
        WorkProgress[] steps = [.. seen.Where(progress => progress.Stage is not null)];
        Assert.Equal(Enumerable.Range(0, steps.Length).Select(i => (long)i), steps.Select(step => step.Done));
        Assert.All(steps, step => Assert.Equal(steps.Length, step.Total));
    }

    private static InspectedSlice Slice(int number, int seed)
    {
        Sample sample = InMemoryDataset.Create([Labeled(number, seed)], new InMemoryDatasetOptions { InputSize = Side, LabelNames = s_names }).Samples[0];
        using RentedSlice pixels = sample.Pixels!.Open();
        return new InspectedSlice(sample, SliceFeatures.Of(pixels.FirstChannel(), pixels.Roi, Side, s_names.Length));
    }

    private static LabeledSlice Labeled(int number, int seed)
    {
        var random = new Random(seed);
        byte[] mask = new byte[Side * Side];
        for (int row = 4; row < 12; row++)
        {
            mask.AsSpan((row * Side) + 4, 8).Fill(1);
            mask.AsSpan(((row + 14) * Side) + 18, 8).Fill(2);
        }

        var image = new SliceImage { Name = $"s{number}", Pixels = [.. mask.Select(v => (100f * v) + random.Next(50))], Rows = Side, Columns = Side };
        return new LabeledSlice(image, mask, $"P{number}");
    }
}
