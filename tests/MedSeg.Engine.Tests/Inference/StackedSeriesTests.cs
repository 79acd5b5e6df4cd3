using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Tests.Data.Files;
using MedSeg.Threading;

namespace MedSeg.Tests.Inference;

/// <summary>Slices that are series of their own make one volume, as those of one series do.</summary>
public sealed class StackedSeriesTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void Slices_that_are_series_of_their_own_are_one_volume()
    {
        _scan.AddSeries(change: (k, slice) => slice with { Series = $"2.25.30.{k}" });

        ScanSeries series = Assert.Single(Find());

        Assert.Equal("S00", series.Name);
        Assert.Equal(["S00", "S01", "S02", "S03", "S04", "S05"], series.Slices.Select(s => s.Name));
        Assert.Equal(3, SeriesGeometry.DistanceOf(series.Slices));
    }

    [Theory]
    [InlineData("study")]
    [InlineData("frame")]
    [InlineData("no frame")]
    [InlineData("patient")]
    [InlineData("description")]
    [InlineData("place")]
    [InlineData("orientation")]
    [InlineData("spacing")]
    public void Others_stay_apart(string difference)
    {
        _scan.AddSeries(4, change: (k, slice) =>
        {
            SmallSlice own = slice with { Series = $"2.25.30.{k}" };
            return difference switch
            {
                "study" => own with { Study = $"2.25.41.{k % 2}" },
                "frame" => own with { FrameOfReference = $"2.25.42.{k % 2}" },
                "no frame" => own with { FrameOfReference = "" },
                "patient" => own with { Patient = $"P{k % 2}" },
                "description" => own with { Description = $"T{k % 2}" },
                "place" => own with { Z = 3 * (k % 2) },
                "orientation" => own with { Orientation = k % 2 == 0 ? slice.Orientation : @"0\1\0\0\0\-1" },
                _ => own with { Spacing = k % 2 == 0 ? slice.Spacing : @"1\1" },
            };
        });

        Assert.Equal(4, Find().Count);
    }

    [Fact]
    public void A_series_of_several_slices_is_not_joined_with_others()
    {
        _scan.AddSeries(4, prefix: "A").AddSeries(4, prefix: "B", change: (k, slice) => slice with { Series = "2.25.77", Z = 100 + slice.Z });

        Assert.Equal([4, 4], Find().Select(s => s.Slices.Count));
    }

    [Fact]
    public void Volume_of_an_unclear_spacing_is_refused_with_the_text_that_the_file_has()
    {
        _scan.AddSeries(3, change: (_, slice) => slice with { Spacing = "0.5,0.5" });
        ScanSeries series = Find().Single();

        var error = Assert.Throws<FileFormatException>(() => SeriesGeometry.RequirePlanes(series, "volume.nii.gz"));

        Assert.EndsWith(
            "does not state its pixel spacing. Pixel Spacing (0028,0030) is '0.5,0.5', which is not two positive numbers separated by a backslash, so it is not used.",
            error.Finding,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_segmentation_refers_to_each_slice_by_its_own_series()
    {
        _scan.AddSeries(3, change: (k, slice) => slice with { Series = $"2.25.30.{k}" });
        ScanSeries series = Find().Single();
        string path = Path.Combine(_scan.Folder, "seg.dcm");
        using (var writer = new SegMaskWriter(series, ["A", "B"], path, new MaskOutput { OutputPath = Path.GetDirectoryName(path)! }))
        {
            for (int k = 0; k < 3; k++)
            {
                writer.Write(series.Slices[k], SmallScan.Mask(k));
            }

            writer.Finish();
        }

        IReadOnlyList<DicomDataset> references = DicomFile.Parse(new DicomSource(path, FileContent.Read(path))).Dataset.Items(DicomTag.ReferencedSeriesSequence);
        Assert.Equal(["2.25.30.0", "2.25.30.1", "2.25.30.2"], references.Select(item => item.FindText(DicomTag.SeriesInstanceUid)));
        Directory.CreateDirectory(_scan.Labels);
        File.Move(path, Path.Combine(_scan.Labels, "seg.dcm"));
        Assert.Equal([165L, 176, 187], _scan.Import().Samples.Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void Slices_at_one_place_are_both_named()
    {
        _scan.AddSeries(4, change: (k, slice) => slice with { Z = k == 2 ? 3 : slice.Z });

        FileFormatException error = Assert.Throws<FileFormatException>(() => SeriesGeometry.Of(Find().Single(), "out.nii.gz"));

        Assert.Contains("S01.dcm and ", error.Message, StringComparison.Ordinal);
        Assert.Contains("S02.dcm are at the same position", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mosaic_is_named()
    {
        _scan.AddSeries(2, change: (_, slice) => slice with { ImageType = @"ORIGINAL\PRIMARY\MOSAIC" });

        Assert.Contains("Siemens mosaic", Assert.Throws<FileFormatException>(() => SeriesGeometry.Of(Find().Single(), "out.nii.gz")).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ScanSeries> Find() => ScanFinder.Find([_scan.Dicoms], recurse: false, new ImageReading(), new EngineEvents { Error = e => throw e });
}
