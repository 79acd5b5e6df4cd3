using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Inspection;
using MedSeg.Threading;

namespace MedSeg.Tests.Inspection;

/// <summary>Mistakes planted into drawn data sets are found, and clean sets are left alone.</summary>
public sealed class PlantedErrorTests(PlantedErrorTests.Sets sets) : IClassFixture<PlantedErrorTests.Sets>
{
    private static readonly double[] s_rates = [0.01, 0.05, 0.1, 0.2, 0.3];

    public static TheoryData<string> MistakeNames => [.. Mistakes.All.Keys];

    [Fact]
    public void Progress_counts_all_samples_and_the_inspection_can_be_stopped()
    {
        Dataset dataset = sets.All[0].Clean;
        long most = 0;
        using var stop = new CancellationTokenSource();

        DatasetInspector.Inspect(dataset, validation: null, new EngineEvents { Progress = progress => InterlockedMax(ref most, progress.Done) }, CancellationToken.None);
        Assert.Equal(dataset.Samples.Count, most);
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetInspector.Inspect(dataset, validation: null, new EngineEvents { Progress = _ => stop.Cancel() }, stop.Token));

        static void InterlockedMax(ref long target, long value)
        {
            for (long seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            {
                Interlocked.CompareExchange(ref target, value, seen);
            }
        }
    }

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public void Planted_mistakes_are_found(string name)
    {
        Mistake mistake = Mistakes.All[name];
        int planted = 0;
        int found = 0;
        int falseAlarms = 0;
        int clean = 0;
        foreach (PlantedSet set in sets.All)
        {
            foreach (double rate in s_rates.Where(r => r <= mistake.GreatestRate))
            {
                (Dataset dataset, HashSet<string> names) = set.Plant(rate, seed: (int)(rate * 100), mistake);
                LabelReport[] flagged = [.. DatasetInspector.Inspect(dataset, cancellationToken: TestContext.Current.CancellationToken).Reports.Where(r => r.Problems.Count > 0)];
                planted += names.Count;
                found += flagged.Count(r => names.Contains(r.Name) && r.Problems.Any(p => p.Code == mistake.Code));

                // The copied sample is reported as well as the copy.
                falseAlarms += flagged.Count(r => !names.Contains(r.Name) && r.Problems.Any(p => p.Code is not ("ImageTwice" or "MaskTwice")));
                clean += dataset.Samples.Count - names.Count;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {found} of {planted} found, {falseAlarms} false alarms in {clean} samples");
        Assert.True(found >= 0.95 * planted, $"{found} of {planted} were found.");
        Assert.True(falseAlarms <= 0.02 * clean, $"{falseAlarms} false alarms in {clean} samples.");
    }

    [Fact]
    public void Clean_sets_give_hardly_any_finding()
    {
        LabelReport[] reports = [.. sets.All.SelectMany(set => DatasetInspector.Inspect(set.Clean, cancellationToken: TestContext.Current.CancellationToken).Reports)];
        LabelReport[] flagged = [.. reports.Where(r => r.Problems.Count > 0)];

        TestContext.Current.TestOutputHelper!.WriteLine($"{flagged.Length} of {reports.Length}");
        Assert.True(flagged.Length <= 0.02 * reports.Length, string.Join('\n', flagged.SelectMany(r => r.Problems)));
    }

    [Fact]
    public void Exchanged_labels_are_reported_with_the_likely_ones()
    {
        PlantedSet set = sets.All[0];
        (Dataset dataset, HashSet<string> planted) = set.Plant(0.1, seed: 1, Mistakes.All["two ROIs exchanged"]);

        foreach (LabelReport report in DatasetInspector.Inspect(dataset, cancellationToken: TestContext.Current.CancellationToken).Reports.Where(r => planted.Contains(r.Name)))
        {
            Assert.Equal([("ROI 1", "ROI 3"), ("ROI 3", "ROI 1")], report.LikelyRois.Select(pair => (pair.Key, pair.Value)).Order());
            Assert.Contains("'ROI 1' (1) has the position and appearance of 'ROI 3' (3)", report.Problems[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ROI_that_never_or_rarely_occurs_is_reported_for_the_set()
    {
        Dataset clean = sets.All[0].Clean;
        Dataset dataset = PlantedSet.With(clean, s => PlantedSet.Renumber(s, v => v == 2 || (v == 3 && s.Name != clean.Samples[5].Name) ? (byte)0 : v));

        DatasetInspection inspection = DatasetInspector.Inspect(dataset, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([("RoiNever", true), ("RoiRare", true)], inspection.Problems.Select(p => (p.Code, p.Message.StartsWith(dataset.LabelPath, StringComparison.Ordinal))));
        Assert.Contains("'ROI 2' (2)", inspection.Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("Only 1 of 112 slices contain 'ROI 3' (3)", inspection.Problems[1].Message, StringComparison.Ordinal);
        Assert.Equal([112, 0, 1, 112], inspection.Rois.Select(r => r.Slices));
        Assert.False(inspection.IsClean);
    }

    [Fact]
    public void Patient_and_image_in_both_sets_are_reported()
    {
        Dataset clean = sets.All[0].Clean;
        string patient = clean.Samples[20].Patient;
        Dataset validation = sets.All[1].Clean with { Samples = sets.All[1].Clean.Samples.Select((s, i) => s with { Name = $"V{i}", Patient = $"V{s.Patient}" }).ToArray() };
        Assert.Empty(DatasetInspector.Inspect(clean, validation, cancellationToken: TestContext.Current.CancellationToken).Reports.SelectMany(r => r.Problems));
        validation = validation with { Samples = [.. validation.Samples.Take(9), clean.Samples[0] with { Name = "Copied", Patient = "VX" }, validation.Samples[10] with { Patient = patient }] };

        LabelReport[] flagged = [.. DatasetInspector.Inspect(clean, validation, cancellationToken: TestContext.Current.CancellationToken).Reports.Where(r => r.Problems.Count > 0)];

        Assert.Equal(clean.Samples.Where(s => s.Patient == patient).Select(s => s.Name), flagged.Where(r => r.Problems.Any(p => p.Code == "PatientInBoth")).Select(r => r.Name));
        Assert.Contains("'Copied'", Assert.Single(flagged, r => r.Problems.Any(p => p.Code == "ImageInBoth")).Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_too_small_to_judge_gives_no_finding()
    {
        Dataset clean = sets.All[0].Clean;

        Assert.Empty(DatasetInspector.Inspect(clean with { Samples = clean.Samples.Take(3).ToArray() }, cancellationToken: TestContext.Current.CancellationToken).Reports.SelectMany(r => r.Problems));
    }

    [Fact]
    public void Reports_contain_areas_and_parts()
    {
        Sample sample = sets.All[0].Clean.Samples[0];

        LabelReport report = DatasetInspector.Inspect(sets.All[0].Clean, cancellationToken: TestContext.Current.CancellationToken).Reports[0];

        Assert.Equal(sample.RoiPixels[2] * sample.Spacing!.Value.PixelArea, report.RoiAreas["ROI 2"]!.Value, 1e-9);
        Assert.Equal(1, report.RoiParts["ROI 2"]);
        Assert.True(report is { IsValid: true, IsSuspect: false });
    }

    /// <summary>The drawn sets, which all tests share.</summary>
    public sealed class Sets : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

        public Sets() => All = [.. Enumerable.Range(21, 3).Select(seed => PlantedSet.Draw(_folder, seed, patients: 14, slices: 8))];

        internal IReadOnlyList<PlantedSet> All { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
