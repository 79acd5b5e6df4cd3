using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.Reports;
using MedSeg.Reports.Review;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Reports.Review;

/// <summary>Some slices of a multi-frame image or a volume become a data set, and the others do not.</summary>
public sealed class ReviewedFramesTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    private string Images => _folder.PathOf("round2", "images");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("m.dcm", MaskFormat.Png, "m.npy")]
    [InlineData("m.dcm", MaskFormat.Npy, "m.npy")]
    [InlineData("m.dcm", MaskFormat.Tiff, "m.tif")]
    [InlineData("m.dcm", MaskFormat.Nifti, "m.nii.gz")]
    [InlineData("m.dcm", MaskFormat.DicomSeg, "m.dcm")]
    [InlineData("m.nii", MaskFormat.Png, "m.nii.gz")]
    [InlineData("m.nii", MaskFormat.Tiff, "m.nii.gz")]
    [InlineData("m.nii", MaskFormat.Nifti, "m.nii.gz")]
    [InlineData("m.nii", MaskFormat.SegNrrd, "m.seg.nrrd")]
    public void Accepted_frames_alone_become_samples_with_the_same_masks(string image, MaskFormat format, string mask)
    {
        WriteImage(image);
        SegmentedSlice[] run = [.. _folder.Run(_folder.Masks with { Format = format }).OrderBy(slice => slice.Frame)];
        Assert.Equal(4, run.Length);
        SegmentedSlice[] accepted = [run[3], run[1]];

        IReadOnlyList<ReviewedSlice> copies = Data().Add([.. accepted.Select(Accepted)]);

        Assert.All(copies, copy => Assert.Equal((Path.Combine(Images, image), _folder.PathOf("round2", "labels", mask)), (copy.ImagePath, copy.MaskPath)));
        Dataset dataset = Import();
        Assert.Equal(["m_f2", "m_f4"], dataset.Samples.Select(s => s.Name));
        Assert.Equal([run[1].Rois[1].Pixels, run[3].Rois[1].Pixels], dataset.Samples.Select(s => s.RoiPixels[2]));
        Assert.All(dataset.Samples, s => Assert.True(s.IsUsable));
        Assert.Empty(dataset.PassedOver);
    }

    [Fact]
    public void Slices_of_a_volume_are_counted_along_the_axis_of_the_segmentation()
    {
        WriteImage("m.nii");
        SegmentedSlice[] run = [.. _folder.Run(options: ScanFolder.Options with { SliceAxis = SliceAxis.Second })];
        Assert.Equal(ScanFolder.Rows, run.Length);
        SegmentedSlice accepted = run.Single(slice => slice.Frame == 40);

        Assert.Equal(SliceAxis.Second, Accepted(accepted).Axis);
        Data().Add(Accepted(accepted));

        Sample sample = Assert.Single(Import().Samples);
        Assert.Equal(("m_f40", accepted.Rois[1].Pixels), (sample.Name, sample.RoiPixels[2]));
    }

    [Fact]
    public void A_cache_notices_that_other_frames_are_used()
    {
        WriteImage("m.dcm");
        List<SegmentedSlice> run = _folder.Run();
        Data().Add(Accepted(run[0]));
        Assert.Equal(1, Import(DatasetCache.Disk).Count);
        Assert.Equal((1, 0), Counts(Import(DatasetCache.Disk)));

        Data(replace: true).Add(Accepted(run[1]), Accepted(run[2]));

        Dataset changed = Import(DatasetCache.Disk);
        Assert.Equal((0, 1), Counts(changed));
        Assert.Equal(2, changed.Count);
        File.Delete(Path.Combine(Images, "medseg_frames.csv"));
        Assert.Equal(4, Import(DatasetCache.Disk).Count);

        static (int, int) Counts(Dataset dataset) => (dataset.Cache!.Taken, dataset.Cache.Decoded);
    }

    [Fact]
    public void Images_of_later_rounds_join_the_table_and_existing_ones_are_errors()
    {
        WriteImage("m.nii");
        WriteImage("n.nii");
        List<SegmentedSlice> run = _folder.Run();
        Data().Add(Accepted(run.First(slice => slice.Series == "m")));
        Data().Add(Accepted(run.First(slice => slice.Series == "n")));

        Assert.Equal(2, Import().Count);
        Assert.Equal(ErrorIds.FileExists, Assert.Throws<MedSegException>(() => Data().Add(Accepted(run.Last(slice => slice.Series == "n")))).ErrorId);
        Assert.Equal(2, Import().Count);
    }

    [Fact]
    public void Frames_that_the_image_does_not_have_are_errors()
    {
        WriteImage("m.dcm");
        List<SegmentedSlice> run = _folder.Run();

        Assert.Equal(ErrorIds.ReviewFrames, Assert.Throws<FileFormatException>(() => Data().Add(Accepted(run[0]) with { Frame = null })).ErrorId);
        Assert.Equal(ErrorIds.ImageChanged, Assert.Throws<FileFormatException>(() => Data().Add(Accepted(run[0]) with { Frame = 9 })).ErrorId);
        Assert.False(Directory.Exists(_folder.PathOf("round2")));
        Data().Add(Accepted(run[0]));
        File.WriteAllText(Path.Combine(Images, "medseg_frames.csv"), "Image,Axis,Frames\nm.dcm,,2 9\n");
        Assert.Equal(ErrorIds.ImageChanged, Assert.Single(Assert.Single(Import("Outer", "Inner").Samples).Problems).Code);
    }

    [Theory]
    [InlineData("Image,Frames\nm.dcm,1\n", "Line 1: There is no column 'Axis'")]
    [InlineData("Image,Axis,Frames\n,,1\n", "Line 2: The image is missing")]
    [InlineData("Image,Axis,Frames\nm.dcm,Up,1\n", "Line 2: The axis is 'Up'")]
    [InlineData("Image,Axis,Frames\nm.dcm,,0\n", "Line 2: The frames are '0'")]
    [InlineData("Image,Axis,Frames\nm.dcm,,\n", "Line 2: The frames are ''")]
    public void A_table_that_is_none_is_an_error(string table, string finding)
    {
        WriteImage("m.dcm");
        Data().Add(Accepted(_folder.Run()[0]));
        File.WriteAllText(Path.Combine(Images, "medseg_frames.csv"), table);

        FileFormatException error = Assert.Throws<FileFormatException>(() => Import());

        Assert.Equal(ErrorIds.TableInvalid, error.ErrorId);
        Assert.Contains(finding, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_states_the_axis_of_a_volume_and_the_CSV_takes_it_along()
    {
        WriteImage("m.nii");
        List<SegmentedSlice> run = _folder.Run(options: ScanFolder.Options with { SliceAxis = SliceAxis.Coronal });
        var page = ReportPage.Of(html => SegmentationPage.Write(html, run, _folder.Root, cancellationToken: TestContext.Current.CancellationToken));
        Assert.All(page.Cards, card => Assert.Equal("Second", card.Attribute("data-axis")!.Value));

        File.WriteAllText(_folder.PathOf("review.csv"), "Name,Series,Frame,Image,Mask,Decision,Comment,Axis\nm_f01,m,1,scans/m.nii,masks/m.nii.gz,Accept,,Second\nm_f02,m,2,scans/m.nii,masks/m.nii.gz,,,\n");
        Assert.Equal([SliceAxis.Second, SliceAxis.Auto], ReviewFile.Read(_folder.PathOf("review.csv")).Select(slice => slice.Axis));
        File.WriteAllText(_folder.PathOf("review.csv"), "Name,Series,Frame,Image,Mask,Decision,Comment,Axis\nm_f01,m,1,scans/m.nii,masks/m.nii.gz,Accept,,3\n");
        Assert.Contains("Line 2: The axis is '3'", Assert.Throws<FileFormatException>(() => ReviewFile.Read(_folder.PathOf("review.csv"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.dcm", "m.npy")]
    [InlineData("m.nii", "m.nii")]
    public void Frames_that_were_accepted_on_the_page_of_a_data_set_become_samples_with_their_own_values(string image, string mask)
    {
        WriteImage(image);
        string labels = Directory.CreateDirectory(_folder.PathOf("labels")).FullName;
        byte[] values = [.. Enumerable.Range(1, 4).SelectMany(ScanFolder.Truth).Select(roi => (byte)(100 * roi))];
        byte[] header = mask.EndsWith(".npy", StringComparison.Ordinal)
            ? NpyHeaderOf(4)
            : NiftiHeaderWriter.Create(new Vector3D(-40, -20, 0), [new(0.75, 0, 0), new(0, 0.5, 0), new(0, 0, ScanFolder.Distance)], [ScanFolder.Columns, ScanFolder.Rows, 4]);
        File.WriteAllBytes(Path.Combine(labels, mask), [.. header, .. values]);
        var map = new Dictionary<float, int> { [100] = 1, [200] = 2 };
        DatasetOptions options = new() { DicomPath = _folder.Scans, LabelPath = labels, InputSize = 32, LabelMap = new LabelMapping { Values = map } };
        Dataset drawn = DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(drawn.Samples, sample => Assert.True(sample.IsUsable));

        var page = ReportPage.Of(html => InspectionPage.Write(html, drawn, DatasetInspector.Inspect(drawn, cancellationToken: TestContext.Current.CancellationToken), _folder.Root, cancellationToken: TestContext.Current.CancellationToken));
        File.WriteAllLines(_folder.PathOf("review.csv"),
        [
            "Name,Series,Frame,Image,Mask,Decision,Comment,Axis",
            .. page.Cards.Skip(1).Select(card => string.Join(',', ((string[])["name", "series", "frame", "image", "mask"]).Select(column => card.Attribute("data-" + column)!.Value)) + ",Accept,," + card.Attribute("data-axis")?.Value),
        ]);
        Data().Add([.. ReviewFile.Read(_folder.PathOf("review.csv"))]);

        Dataset accepted = DatasetImporter.Import(options with { DicomPath = Images, LabelPath = _folder.PathOf("round2", "labels") }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(drawn.Samples.Skip(1).Select(sample => (sample.Name, sample.RoiPixels[2])), accepted.Samples.Select(sample => (sample.Name, sample.RoiPixels[2])));
    }

    private static byte[] NpyHeaderOf(int frames)
    {
        using var stream = new MemoryStream();
        NpyFile.WriteHeader(stream, frames, ScanFolder.Rows, ScanFolder.Columns);
        return stream.ToArray();
    }

    private ReviewedData Data(bool replace = false) => new(_folder.PathOf("round2"), replace);

    private void WriteImage(string name)
    {
        string path = Path.Combine(_folder.Scans, name);
        if (Path.GetExtension(name) == ".dcm")
        {
            MultiFrameScan.WriteEnhanced(path);
            return;
        }

        Directory.CreateDirectory(_folder.Scans);
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(-40, -20, 0), [new(0.75, 0, 0), new(0, 0.5, 0), new(0, 0, ScanFolder.Distance)], [ScanFolder.Columns, ScanFolder.Rows, 4]);
        File.WriteAllBytes(path, [.. header, .. Enumerable.Range(1, 4).SelectMany(ScanFolder.Truth).Select(v => (byte)(v * 100))]);
    }

    private Dataset Import(params string[] names) => Import(DatasetCache.Memory, names);

    private Dataset Import(DatasetCache cache, params string[] names) => DatasetImporter.Import(
        new DatasetOptions
        {
            DicomPath = Images,
            LabelPath = _folder.PathOf("round2", "labels"),
            InputSize = 32,
            LabelNames = names,
            Cache = cache,
            CachePath = _folder.PathOf("cache"),
        },
        cancellationToken: TestContext.Current.CancellationToken);

    private static ReviewedSlice Accepted(SegmentedSlice slice) => new()
    {
        Name = slice.Name,
        Series = slice.Series,
        Frame = slice.Frame,
        Axis = new SliceCut().Of(slice) ?? SliceAxis.Auto,
        ImagePath = slice.ImagePath,
        MaskPath = slice.MaskPath,
        Decision = ReviewDecision.Accept,
        Comment = "",
    };
}
