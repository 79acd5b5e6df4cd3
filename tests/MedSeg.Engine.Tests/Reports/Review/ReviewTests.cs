using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Reports.Review;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Reports.Review;

/// <summary>From the decisions of a reader to a data set.</summary>
public sealed class ReviewTests : IDisposable
{
    // As the page saves it: a byte order mark, CRLF, quotes only where needed, and an apostrophe before what looks like a formula.
    private const string Saved = "\uFEFFName,Series,Frame,Image,Mask,Decision,Comment\r\ns1,s1,1,scans/s1.dcm,masks/s1.png,Accept,\"good, \"\"really\"\"\"\r\ns2,s1,1,scans/s2.dcm,masks/s2.png,Reject,'=1+1\r\ns3,s1,,scans/s3.dcm,,,ü\r\n";

    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Decisions_are_read_as_the_page_saved_them()
    {
        IReadOnlyList<ReviewedSlice> slices = Read(Saved);

        Assert.Equal(
            ["s1 Accept good, \"really\" 1 True", "s2 Reject =1+1 1 True", "s3 Undecided ü  False"],
            slices.Select(s => $"{s.Name} {s.Decision} {s.Comment} {s.Frame} {s.MaskPath == _folder.PathOf("masks", s.Name + ".png")}"));
        Assert.All(slices, s => Assert.Equal(_folder.PathOf("scans", s.Name + ".dcm"), s.ImagePath));
        Assert.Null(slices[2].MaskPath);
    }

    [Fact]
    public void Spreadsheets_may_change_separators_case_and_the_order_of_columns()
    {
        ReviewedSlice slice = Assert.Single(Read("decision;Comment;NAME;Series;Frame;Image;Mask;Extra\nreject;;s1;s1;2;scans/s1.dcm;masks/s1.png;x\n"));

        Assert.Equal(("s1", ReviewDecision.Reject, 2), (slice.Name, slice.Decision, slice.Frame!.Value));
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("Name,Image\n", "but Series, Frame, Mask, Decision, Comment are missing")]
    [InlineData("Name,Series,Frame,Image,Mask,Decision,Comment\na,,,b,,Maybe,\n", "Line 2: The decision is 'Maybe'")]
    [InlineData("Name,Series,Frame,Image,Mask,Decision,Comment\na,,,b,,1,\n", "Line 2: The decision is '1'")]
    [InlineData("Name,Series,Frame,Image,Mask,Decision,Comment\na,,,b,,,\n,,,b,,,\n", "Line 3: The name or the image")]
    [InlineData("Name,Series,Frame,Image,Mask,Decision,Comment\na,,0,b,,,\n", "Line 2: The frame is '0'")]
    public void Other_files_are_refused(string text, string finding)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => Read(text));

        Assert.Equal(ErrorIds.ReviewInvalid, error.ErrorId);
        Assert.Contains(finding, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaskFormat.Png, ".png")]
    [InlineData(MaskFormat.Npy, ".npy")]
    [InlineData(MaskFormat.Nifti, ".png")]
    [InlineData(MaskFormat.DicomSeg, ".png")]
    public void Accepted_slices_become_a_data_set_with_the_same_masks(MaskFormat format, string extension)
    {
        for (int number = 1; number <= 3; number++)
        {
            _folder.Add($"s{number}", number);
        }

        List<SegmentedSlice> run = _folder.Run(_folder.Masks with { Format = format });
        var data = new ReviewedData(_folder.PathOf("round2"), replace: false);
        ReviewedSlice[] copies = [.. run.Take(2).SelectMany(slice => data.Add(Accepted(slice)))];

        Assert.Equal([$"s1{extension}", $"s2{extension}"], Directory.GetFiles(_folder.PathOf("round2", "labels")).Select(Path.GetFileName).Order());
        Assert.All(copies, copy => Assert.True(File.Exists(copy.ImagePath) && File.Exists(copy.MaskPath)));
        Dataset dataset = Import("round2");
        Assert.Equal(2, dataset.Count);
        Assert.Equal(run.Take(2).Select(s => s.Rois[1].Pixels), dataset.Samples.Select(s => s.RoiPixels[2]));
        Assert.Equal(ErrorIds.FileExists, Assert.Throws<MedSegException>(() => new ReviewedData(_folder.PathOf("round2"), replace: false).Add(Accepted(run[0]))).ErrorId);
    }

    [Fact]
    public void Missing_files_are_errors_and_names_cannot_lead_out_of_the_folder()
    {
        string image = _folder.Add("s1", 1);
        SegmentedSlice slice = _folder.Run()[0];
        var data = new ReviewedData(_folder.PathOf("round2"), replace: false);

        ReviewedSlice copy = Assert.Single(data.Add(Accepted(slice) with { Name = "../../../s1" }));

        Assert.Equal((_folder.PathOf("round2", "images", "s1.dcm"), _folder.PathOf("round2", "labels", "s1.png")), (copy.ImagePath, copy.MaskPath));
        Assert.Equal(ErrorIds.ReviewFileMissing, Assert.Throws<MedSegException>(() => data.Add(Accepted(slice) with { MaskPath = null })).ErrorId);
        File.Delete(image);
        Assert.Equal(ErrorIds.ReviewFileMissing, Assert.Throws<MedSegException>(() => data.Add(Accepted(slice))).ErrorId);
    }

    private Dataset Import(string folder) => DatasetImporter.Import(new DatasetOptions
    {
        DicomPath = _folder.PathOf(folder, "images"),
        LabelPath = _folder.PathOf(folder, "labels"),
        InputSize = 32,
    });

    private static ReviewedSlice Accepted(SegmentedSlice slice) => new()
    {
        Name = slice.Name,
        Series = slice.Series,
        Frame = slice.Frame,
        ImagePath = slice.ImagePath,
        MaskPath = slice.MaskPath,
        Decision = ReviewDecision.Accept,
        Comment = "",
    };

    private IReadOnlyList<ReviewedSlice> Read(string text)
    {
        string path = _folder.PathOf("review.csv");
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return ReviewFile.Read(path);
    }
}
