using System.Xml.Linq;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Tests.Reports;

public sealed class SegmentationPageTests : IDisposable
{
    private const string Evil = "<script>alert(1)</script>\"'&";
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Png)]
    [InlineData(MaskFormat.Npy)]
    [InlineData(MaskFormat.Nifti)]
    [InlineData(MaskFormat.DicomSeg)]
    public void Each_slice_has_its_own_mask_whatever_the_format_and_also_where_only_some_are_given(MaskFormat format)
    {
        List<SegmentedSlice> slices = Segment(4, _folder.Masks with { Format = format });
        var reader = new SegmentedSliceReader();

        Assert.All(slices.Skip(1).Reverse(), slice =>
        {
            PicturedSlice read = reader.Read(slice);
            Assert.Equal(slice.Rois.Select(roi => roi.Pixels), [read.Mask.Count(v => v == 1), read.Mask.Count(v => v == 2)]);
            Assert.Equal(('R', 'L', 'A', 'P'), (read.Directions!.Value.Left, read.Directions.Value.Right, read.Directions.Value.Top, read.Directions.Value.Bottom));
        });
    }

    [Fact]
    public void Frames_of_one_file_have_their_own_masks()
    {
        Directory.CreateDirectory(_folder.Scans);
        MultiFrameScan.WriteEnhanced(Path.Combine(_folder.Scans, "m.dcm"));
        var reader = new SegmentedSliceReader();

        Assert.All(_folder.Run(), slice => Assert.Equal(slice.Rois[0].Pixels, reader.Read(slice).Mask.Count(v => v == 1)));
    }

    [Fact]
    public void Pictures_have_the_proportions_of_the_patient_and_outlines_in_the_ROI_s_colour()
    {
        PicturedSlice slice = new SegmentedSliceReader().Read(Segment(1)[0]);
        using var picture = new SlicePicture(336);

        (string jpeg, (int width, int height)) = picture.ToJpeg(slice, 100);

        // 112 × 0.75 mm by 84 × 0.5 mm.
        Assert.Equal((336, 168), (width, height));
        using SKBitmap bitmap = SKBitmap.Decode(Convert.FromBase64String(jpeg));
        int top = Enumerable.Range(0, slice.Rows).First(row => slice.Mask[(row * slice.Columns) + 56] == 2);
        SKColor onLine = bitmap.GetPixel((int)(56.5 * 3), (top * 2) + 1);
        SKColor within = bitmap.GetPixel((int)(56.5 * 3), (top * 2) + 10);
        Assert.True(onLine.Blue > onLine.Red + 60, $"{onLine}");
        Assert.InRange(Math.Abs(within.Blue - within.Red), 0, 20);
    }

    [Fact]
    public void Page_is_well_formed_and_self_contained_and_names_cannot_change_it()
    {
        List<SegmentedSlice> slices = [.. Segment(2).Select(slice => slice with
        {
            Name = Evil + slice.Name,
            Series = "]]>" + Evil,
            Rois = [.. slice.Rois.Select(roi => roi with { Name = Evil })],
            Differences = [Evil],
            Flags = SliceFlags.UnlikeTraining,
        })];

        ReportPage page = Write(slices);

        page.RequireSelfContained();
        Assert.Equal(slices.Select(s => s.Name), page.Cards.Select(card => card.Attribute("data-name")!.Value));
        Assert.All(page.Cards, card => Assert.StartsWith("data:image/jpeg;base64,", card.Element("img")!.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Flagged_slices_come_first_and_others_stay_in_order()
    {
        List<SegmentedSlice> slices = Segment(4);
        slices[2] = slices[2] with { Flags = SliceFlags.TouchesBorder | SliceFlags.DetectorSpacing };

        ReportPage page = Write(slices);

        Assert.Equal(["s3", "s1", "s2", "s4"], page.Cards.Select(card => card.Attribute("data-name")!.Value));
        Assert.Equal("card flagged", page.Cards[0].Attribute("class")!.Value);
        Assert.Equal("TouchesBorder DetectorSpacing", page.Cards[0].Attribute("data-codes")!.Value);
        Assert.Equal(["s3", "s1", "s2", "s4"], page.Root.Descendants("tr").Where(r => r.Attribute("data-row") is not null).Select(r => r.Element("td")!.Value));
    }

    [Fact]
    public void Decisions_name_files_relative_to_the_page()
    {
        ReportPage page = Write(Segment(1), _folder.PathOf("pages"));

        Assert.Equal(("../scans/s1.dcm", "../masks/s1.png", "1"), Of(page.Cards[0]));
        Assert.DoesNotContain(Path.GetFileName(_folder.Root), page.Html, StringComparison.Ordinal);

        static (string, string, string) Of(XElement card) => (card.Attribute("data-image")!.Value, card.Attribute("data-mask")!.Value, card.Attribute("data-frame")!.Value);
    }

    [Fact]
    public void Slice_whose_files_are_gone_is_an_error_and_a_card_without_picture()
    {
        List<SegmentedSlice> slices = Segment(3);
        File.Delete(slices[0].MaskPath!);
        File.Delete(slices[1].ImagePath);
        var errors = new List<string>();

        ReportPage page = Write(slices, events: new EngineEvents { Error = e => errors.Add(e.ErrorId) });

        Assert.Equal(["FileNotFound", "FileNotFound"], errors);
        Assert.Equal([false, false, true], page.Cards.Select(card => card.Element("img") is not null));
    }

    [Fact]
    public void Nothing_is_an_error() =>
        Assert.Equal(ErrorIds.EmptyReport, Assert.Throws<MedSegException>(() => Write([])).ErrorId);

    [Theory]
    [InlineData(MaskFormat.Png)]
    [InlineData(MaskFormat.Nifti)]
    public void Folders_of_images_and_masks_give_the_slices_of_the_run(MaskFormat format)
    {
        List<SegmentedSlice> slices = Segment(3, _folder.Masks with { Format = format });

        IReadOnlyList<SegmentedSlice> found = ReadFolder(_folder.Output, "Outer", "Inner");

        Assert.Equal(slices.Select(Key), found.Select(Key));
        Assert.Equal(["ROI 1", "ROI 2"], ReadFolder(_folder.Output)[0].Rois.Select(roi => roi.Name));
        Assert.Equal(ErrorIds.EmptyReport, Assert.Throws<MedSegException>(() => ReadFolder(_folder.Scans)).ErrorId);
        Assert.Equal(ErrorIds.FolderNotFound, Assert.Throws<MedSegException>(() => ReadFolder(_folder.PathOf("gone"))).ErrorId);

        static string Key(SegmentedSlice slice) => $"{slice.Name} {slice.Series} {slice.ImagePath} {slice.MaskPath} {slice.Flags} {slice.Location} {string.Join(' ', slice.Rois.Select(roi => $"{roi.Name} {roi.Pixels} {roi.Area}"))}";
    }

    private IReadOnlyList<SegmentedSlice> ReadFolder(string masks, params string[] names) =>
        SegmentationFolder.Read(masks, _folder.Scans, labelNames: names, cancellationToken: TestContext.Current.CancellationToken);

    private List<SegmentedSlice> Segment(int count, MaskOutput? output = null)
    {
        for (int number = 1; number <= count; number++)
        {
            _folder.Add($"s{number}", number);
        }

        return _folder.Run(output);
    }

    private ReportPage Write(IReadOnlyList<SegmentedSlice> slices, string? folder = null, EngineEvents? events = null) =>
        ReportPage.Of(html => SegmentationPage.Write(html, slices, folder ?? _folder.Root, events: events));
}
