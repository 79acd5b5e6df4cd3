using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Files;
using MedSeg.Formats.Png;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.Network.Losses;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Data;

/// <summary>A data set of two sites, of which the second drew the first two ROIs only.</summary>
public sealed class PartialLabelTests : IClassFixture<PartialLabelTests.Sites>
{
    private readonly Sites _sites;

    public PartialLabelTests(Sites sites) => _sites = sites;

    [Fact]
    public void ROIs_of_a_folder_are_known_by_name_or_number()
    {
        Dataset dataset = _sites.Import(("SiteB", ["roi 1", "2"]));

        Assert.Equal(8, dataset.Count);
        Assert.All(dataset.Samples, sample => Assert.Equal(sample.Name.StartsWith("siteB", StringComparison.Ordinal) ? [1, 2] : null, sample.DrawnRois));
        Assert.Empty(dataset.Problems);
    }

    [Fact]
    public void Disk_cache_does_not_depend_on_it()
    {
        _ = _sites.Import(DatasetCache.Disk);

        Dataset partial = _sites.Import(DatasetCache.Disk, ("siteB", ["1", "2"]));

        Assert.Equal((8, 0), (partial.Cache!.Taken, partial.Cache.Decoded));
        Assert.Equal(4, partial.Samples.Count(s => s.DrawnRois is not null));
    }

    [Theory]
    [InlineData("siteC", "1", "no sample is in the folder 'siteC/'")]
    [InlineData("siteB", "Liver", "'Liver', which is listed for the folder 'siteB', is not an ROI")]
    [InlineData("siteB", "5", "'5', which is listed for the folder 'siteB', is not an ROI")]
    public void Folder_or_ROI_that_does_not_exist_is_refused(string folder, string roi, string message)
    {
        var error = Assert.Throws<MedSegException>(() => _sites.Import((folder, [roi])));

        Assert.Equal("PartialLabelInvalid", error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mask_with_an_ROI_that_is_not_listed_has_a_warning()
    {
        Dataset dataset = _sites.Import(("siteA", ["1", "2", "3"]));

        Assert.All(dataset.Samples.Where(s => s.DrawnRois is not null), s => Assert.Contains("'ROI 4'", Assert.Single(s.Problems, p => p.Code == "LabelNotListed").Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Training_differs_and_validates_as_the_model_is_measured()
    {
        Dataset partial = _sites.Import(("siteB", ["1", "2"]));
        EpochRecord last = Train(partial, "partial");
        EpochRecord whole = Train(_sites.Import(), "whole");

        Assert.NotEqual(whole.Loss, last.Loss);
        ModelEvaluation measured = ModelEvaluator.Evaluate(last.ModelPath!, partial, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([8, 8, 4, 4], measured.Rois.Select(roi => roi.Slices));
        Assert.Equal([1, 2, 3, 4], measured.Rois.Select(roi => roi.Roi));
        Assert.Equal(measured.Rois.Select(roi => roi.Dice ?? 0), last.ValidationDiceByRoi!.Select(roi => double.IsNaN(roi.Dice) ? 0 : roi.Dice), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Inspection_and_ranking_expect_no_ROI_that_was_not_drawn()
    {
        Dataset partial = _sites.Import(("siteB", ["1", "2"]));
        string model = Train(partial, "inspected").ModelPath!;

        DatasetInspection inspection = DatasetInspector.Inspect(partial, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((1, 0.5), (inspection.Rois[2].Share, DatasetInspector.Inspect(_sites.Import(), cancellationToken: TestContext.Current.CancellationToken).Rois[2].Share));
        Assert.DoesNotContain(inspection.Reports.SelectMany(r => r.Problems), p => p.Code == ErrorIds.RoiAbsent);
        Assert.All(LabelReview.Rank(partial, [model], cancellationToken: TestContext.Current.CancellationToken).Where(r => r.Name.StartsWith("siteB", StringComparison.Ordinal)), r =>
            Assert.All(r.Rois.Skip(2), roi => Assert.Equal((0, null), (roi.Score, roi.Dice))));
    }

    private EpochRecord Train(Dataset dataset, string name)
    {
        var options = new TrainingOptions { Epochs = 2, BaseWidth = 2, BatchSize = 3, LearningRate = 4e-3, ReportInterval = 2, Loss = LossFunction.DiceCrossEntropy };
        return new Trainer(dataset, options, new RunOptions { OutputPath = _sites.Folder, ModelName = name, Device = "cpu", Force = true }, dataset).Run(null, TestContext.Current.CancellationToken).Last();
    }

    /// <summary>Two sites, in folders of their own.</summary>
    public sealed class Sites : IDisposable
    {
        public Sites()
        {
            foreach ((string site, int seed) in new[] { ("siteA", 1), ("siteB", 2) })
            {
                string root = Path.Combine(Folder, "drawn", site);
                DemoDataset.Create(new DemoDatasetOptions { Root = root, TrainingPatients = 2, HeldOutPatients = 0, SlicesPerPatient = 2, Size = 64, Seed = seed });
                foreach (string part in new[] { "dicoms", "labels" })
                {
                    Directory.CreateDirectory(Path.Combine(Folder, part));
                    Directory.Move(Path.Combine(root, "train", part), Path.Combine(Folder, part, site));
                }
            }

            foreach (string path in Directory.EnumerateFiles(Path.Combine(Folder, "labels", "siteB")))
            {
                LabelImage mask = LabelReader.Read(path);
                byte[] first = [.. mask.Values.Select(v => v <= 2 ? (byte)v : (byte)0)];
                AtomicFile.Write(path, stream => PngEncoder.WriteGrey8(stream, mask.Rows, mask.Columns, first));
            }
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

        public Dataset Import(params (string Folder, string[] Rois)[] partial) => Import(DatasetCache.Memory, partial);

        public Dataset Import(DatasetCache cache, params (string Folder, string[] Rois)[] partial) => DatasetImporter.Import(new DatasetOptions
        {
            DicomPath = Path.Combine(Folder, "dicoms"),
            LabelPath = Path.Combine(Folder, "labels"),
            InputSize = 32,
            Recurse = true,
            Cache = cache,
            PartialLabels = partial.ToDictionary(p => p.Folder, p => (IReadOnlyList<string>)p.Rois),
        });

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
