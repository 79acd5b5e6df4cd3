using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Reports;
using MedSeg.Reports.Review;
using MedSeg.Tests.Data;
using MedSeg.Tests.Data.Channels;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Reports.Review;

/// <summary>Accepted slices of images whose channels are files of their own become a data set with all channels.</summary>
public sealed class ReviewedChannelsTests : IDisposable
{
    private readonly ChannelScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData("_W", "_F", "P09_W.nii.gz|P09_F.nii.gz")]
    [InlineData("W/", "F/", "W/P09.nii.gz|F/P09.nii.gz")]
    public void All_channels_are_copied(string water, string fat, string files)
    {
        ImageChannel[] channels = [new("water", water), new("fat", fat)];
        foreach (string patient in (string[])["P01", "P02", "P09"])
        {
            Add(patient, 0, water);
            Add(patient, 1, fat);
            _scan.AddLabels(patient);
        }

        SegmentedSlice[] run = Segment(channels);
        string page = Path.Combine(_scan.Folder, "report.html");
        using (FileStream html = File.Create(page))
        {
            SegmentationPage.Write(html, run, _scan.Folder, cancellationToken: TestContext.Current.CancellationToken);
        }

        string[] paths = [.. files.Split('|').Select(file => $"images/{file}")];
        string csv = Path.Combine(_scan.Folder, "review.csv");
        File.WriteAllLines(csv,
        [
            "Name,Series,Frame,Image,Mask,Decision,Comment,Axis,Channels",
            .. new[] { 1, 3 }.Select(frame => $"P09_f{frame},P09,{frame},{paths[0]},masks/P09.nii.gz,Accept,,Third,{string.Join('|', paths)}"),
        ]);
        IReadOnlyList<ReviewedSlice> accepted = ReviewFile.Read(csv);

        IReadOnlyList<ReviewedSlice> copies = new ReviewedData(Path.Combine(_scan.Folder, "round2"), replace: false).Add([.. accepted]);

        Assert.Contains($"data-channels=\"{string.Join('|', paths)}\"", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Equal(run.First(slice => slice.Series == "P09").ChannelPaths, accepted[0].ChannelPaths);
        Assert.Equal(files.Split('|').Select(file => Path.Combine(_scan.Folder, "round2", "images", file.Replace('/', Path.DirectorySeparatorChar))), copies[0].ChannelPaths);
        Dataset dataset = DatasetImporter.Import(_scan.Options(channels) with { DicomPath = Path.Combine(_scan.Folder, "round2", "images"), LabelPath = Path.Combine(_scan.Folder, "round2", "labels"), Recurse = true }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["P09_f1", "P09_f3"], dataset.Samples.Select(sample => sample.Name));
        Sample expected = DatasetImporter.Import(_scan.Options(channels) with { Recurse = true }, cancellationToken: TestContext.Current.CancellationToken).Samples.Single(sample => sample.Name == "P09_f3");
        Assert.Equal(expected.Image(), dataset.Samples[1].Image());
        Assert.Equal(run.Where(slice => slice.Series == "P09" && slice.Frame != 2).Select(slice => slice.Rois[0].Pixels), dataset.Samples.Select(sample => sample.RoiPixels[1]));
    }

    [Fact]
    public void A_channel_that_is_gone_is_an_error_before_anything_is_copied()
    {
        _scan.Add("P01");
        string water = Path.Combine(_scan.Images, "P01_W.nii.gz");
        string fat = Path.Combine(_scan.Images, "P01_F.nii.gz");
        File.Delete(fat);
        var slice = new ReviewedSlice
        {
            Name = "P01_f1",
            Series = "P01",
            Frame = 1,
            Axis = SliceAxis.Third,
            ImagePath = water,
            ChannelPaths = [water, fat],
            MaskPath = Path.Combine(_scan.Labels, "P01.nii.gz"),
            Decision = ReviewDecision.Accept,
            Comment = "",
        };

        MedSegException error = Assert.Throws<MedSegException>(() => new ReviewedData(Path.Combine(_scan.Folder, "round2"), replace: false).Add(slice));

        Assert.Equal(ErrorIds.ReviewFileMissing, error.ErrorId);
        Assert.Contains("P01_F.nii.gz", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_scan.Folder, "round2")));
    }

    private void Add(string patient, int channel, string place) => ChannelScan.Image(channel, 0).Save(
        place.EndsWith('/') ? Path.Combine(_scan.Images, place.TrimEnd('/')) : _scan.Images, place.EndsWith('/') ? $"{patient}.nii.gz" : $"{patient}{place}.nii.gz");

    private SegmentedSlice[] Segment(ImageChannel[] channels)
    {
        var run = new RunOptions { OutputPath = Path.Combine(_scan.Folder, "run"), Device = "cpu" };
        Dataset dataset = DatasetImporter.Import(_scan.Options(channels) with { Recurse = true }, cancellationToken: TestContext.Current.CancellationToken);
        _ = new Trainer(dataset, new TrainingOptions { Epochs = 1, BatchSize = 2, BaseWidth = 4, ValidationFraction = 0.4 }, run).Run(null, CancellationToken.None).Last();
        using var segmenter = new Segmenter(run.ModelPath, new InferenceOptions());
        var output = new MaskOutput { OutputPath = Path.Combine(_scan.Folder, "masks"), Format = MaskFormat.Nifti };
        return [.. segmenter.Run([_scan.Images], output, recurse: true, cancellationToken: TestContext.Current.CancellationToken)];
    }
}
