using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Files;
using MedSeg.Formats.Png;
using MedSeg.Labels;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Reports;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;
using SkiaSharp;

namespace MedSeg.Tests.Evaluation;

/// <summary>Mistakes planted into a drawn set of 40 slices are among the first that held-out models disagree with.</summary>
public sealed class LabelReviewTests(LabelReviewTests.Reviewed reviewed) : IClassFixture<LabelReviewTests.Reviewed>
{
    [Fact]
    public void Planted_mistakes_are_among_the_first_five()
    {
        IReadOnlyList<LabelDisagreement> ranked = LabelReview.RankByFolds(reviewed.Dataset, reviewed.Folds, cancellationToken: TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', ranked.Take(8).Select(r => $"{r.Rank} {r.Name} {r.Score:0.00} {r.Finding}")));
        Assert.Equal(Enumerable.Range(1, 40), ranked.Select(r => r.Rank));
        Assert.True(ranked.Zip(ranked.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score));
        foreach ((string mistake, string name) in reviewed.Planted)
        {
            int rank = ranked.Single(r => r.Name == name).Rank;
            Assert.True(rank <= 5, $"The slice with {mistake} is number {rank}.");
        }

        LabelDisagreement exchanged = ranked.Single(r => r.Name == reviewed.Planted["two ROIs exchanged"]);
        Assert.Equal(("ROI 2", "ROI 1"), (exchanged.Rois[0].LikelyRoi, exchanged.Rois[1].LikelyRoi));
        Assert.Equal("'ROI 4' was not drawn", ranked.Single(r => r.Name == reviewed.Planted["one ROI missing"]).Finding[..21]);
    }

    [Fact]
    public void Slice_is_judged_by_the_model_of_its_fold_whether_the_result_or_the_models_are_given()
    {
        IReadOnlyList<LabelDisagreement> byResult = LabelReview.RankByFolds(reviewed.Dataset, reviewed.Folds, cancellationToken: TestContext.Current.CancellationToken);
        IReadOnlyList<LabelDisagreement> byModels = LabelReview.Rank(reviewed.Dataset, reviewed.Folds.ModelPaths, cancellationToken: TestContext.Current.CancellationToken);

        foreach (LabelDisagreement slice in byResult)
        {
            FoldScore fold = Assert.Single(reviewed.Folds.Folds, f => f.HeldOut.Contains(slice.Name));
            Assert.Equal([fold.ModelPath], slice.Models);
            Assert.True(slice.IsHeldOut);
        }

        Assert.Equal(byResult.Select(Describe), byModels.Select(Describe));

        static string Describe(LabelDisagreement slice) => $"{slice.Name} {slice.Score:R} {slice.IsHeldOut} {string.Join(' ', slice.Models)}";
    }

    [Fact]
    public void Slices_that_the_model_was_trained_on_are_marked()
    {
        FoldScore fold = reviewed.Folds.Folds[1];

        IReadOnlyList<LabelDisagreement> ranked = LabelReview.Rank(reviewed.Dataset, [fold.ModelPath], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(fold.HeldOut.Order(), ranked.Where(r => r.IsHeldOut).Select(r => r.Name).Order());
        Assert.Equal(40, ranked.Count);
    }

    [Fact]
    public void Data_set_of_another_size_was_not_seen_by_any_model_so_all_judge_it_together()
    {
        Dataset other = reviewed.Dataset with { Samples = [.. reviewed.Dataset.Samples.Take(3)] };

        IReadOnlyList<LabelDisagreement> ranked = LabelReview.Rank(other, reviewed.Folds.ModelPaths, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(ranked, r => Assert.Equal((true, 3), (r.IsHeldOut, r.Models.Count)));
    }

    [Fact]
    public void Data_set_that_would_be_split_otherwise_is_refused()
    {
        Sample[] samples = [.. reviewed.Dataset.Samples];
        Dataset apart = reviewed.Dataset with { Samples = [.. samples.Select(s => s with { Patient = s.Name })] };
        Dataset together = reviewed.Dataset with { Samples = [.. samples.Select(s => s with { Patient = "one" })] };
        Dataset renamed = reviewed.Dataset with { Samples = [samples[0] with { Name = "new" }, .. samples[1..]] };

        var byResult = Assert.Throws<MedSegException>(() => LabelReview.RankByFolds(renamed, reviewed.Folds, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("but the split of this data set has 2", Refusal(apart), StringComparison.Ordinal);
        Assert.Contains("which is not possible with this one: A validation needs at least two patients", Refusal(together), StringComparison.Ordinal);
        Assert.Equal(ErrorIds.HeldOutUnknown, byResult.ErrorId);
        Assert.Contains("'new' was in no fold", byResult.Message, StringComparison.Ordinal);

        string Refusal(Dataset dataset)
        {
            var error = Assert.Throws<MedSegException>(() => LabelReview.Rank(dataset, reviewed.Folds.ModelPaths, cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal(ErrorIds.HeldOutUnknown, error.ErrorId);
            return error.Message;
        }
    }

    [Fact]
    public void Picture_has_a_solid_outline_where_drawn_and_a_dashed_one_where_found()
    {
        LabelDisagreement missing = LabelReview.RankByFolds(reviewed.Dataset, reviewed.Folds, cancellationToken: TestContext.Current.CancellationToken).Single(r => r.Name == reviewed.Planted["one ROI missing"]);

        LabelDisagreement drawn = DisagreementPictures.Write(reviewed.Folder, reviewed.Dataset, missing);

        Assert.Equal(Path.Combine(reviewed.Folder, $"{missing.Rank:000}_{missing.Name}.png"), drawn.PicturePath);
        using var picture = SKBitmap.Decode(drawn.PicturePath);
        Assert.Equal((512, 512), (picture.Width, picture.Height));
        Dictionary<SKColor, int> colors = picture.Pixels.GroupBy(p => p).ToDictionary(g => g.Key, g => g.Count());
        Assert.True(colors[new SKColor(0xE6, 0x9F, 0x00)] > 200);
        Assert.True(colors[new SKColor(0xCC, 0x79, 0xA7)] > 100);
    }

    /// <summary>A drawn set with four mistakes, and its cross-validation.</summary>
    public sealed class Reviewed : IDisposable
    {
        public Reviewed()
        {
            DemoDataset.Create(new DemoDatasetOptions { Root = Folder, TrainingPatients = 10, HeldOutPatients = 0, SlicesPerPatient = 4, Size = 64, Seed = 1 });
            string labels = Path.Combine(Folder, "train", "labels");
            string[] masks = [.. Directory.EnumerateFiles(labels).Order()];
            Plant("two ROIs exchanged", masks[3], (mask, _) => [.. mask.Select(v => v switch { 1 => (byte)2, 2 => (byte)1, _ => v })]);
            Plant("a shifted mask", masks[12], (mask, columns) => [.. mask.Select((_, i) => i >= (2 * columns) + 6 ? mask[i - (2 * columns) - 6] : (byte)0)]);
            Plant("half of the mask missing", masks[21], LowerHalfMissing);
            Plant("one ROI missing", masks[30], (mask, _) => [.. mask.Select(v => v == 4 ? (byte)0 : v)]);
            Dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(Folder, "train", "dicoms"), LabelPath = labels, InputSize = 32 });
            var options = new TrainingOptions
            {
                Epochs = 20,
                BatchSize = 2,
                LearningRate = 4e-3,
                Schedule = LearningRateSchedule.Polynomial,
                Architecture = NetworkArchitecture.UNet,
                BaseWidth = 8,
                DropoutRate = 0,
                Loss = LossFunction.BatchDiceCrossEntropy,
                CropMinimum = 0.8,
                CropMaximum = 1,
                WarpMinimum = 0.9,
                Folds = 3,
                ReportInterval = 20,
            };
            Folds = new CrossValidation(Dataset, options, new RunOptions { OutputPath = Path.Combine(Folder, "folds"), Device = "cpu" }).Run(null, CancellationToken.None);
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

        public Dataset Dataset { get; }

        public CrossValidationResult Folds { get; }

        public Dictionary<string, string> Planted { get; } = [];

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private void Plant(string mistake, string path, Func<byte[], int, byte[]> change)
        {
            LabelImage mask = LabelReader.Read(path);
            byte[] changed = change([.. mask.Values.Select(v => (byte)v)], mask.Columns);
            AtomicFile.Write(path, stream => PngEncoder.WriteGrey8(stream, mask.Rows, mask.Columns, changed));
            Planted.Add(mistake, Path.GetFileNameWithoutExtension(path));
        }

        // As if somebody had been interrupted.
        private static byte[] LowerHalfMissing(byte[] mask, int columns)
        {
            int[] rows = [.. Enumerable.Range(0, mask.Length / columns).Where(row => mask.AsSpan(row * columns, columns).ContainsAnyExcept((byte)0))];
            mask.AsSpan((rows[0] + rows[^1]) / 2 * columns).Clear();
            return mask;
        }
    }
}
