using System.ComponentModel;
using System.Diagnostics;
using MedSeg.Dicom;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference;

/// <summary>Volumes of a series, read back by position and by other programs.</summary>
public sealed class VolumeWriterTests : IDisposable
{
    private static readonly double[] s_tilted = [0.8, 0.6, 0, 0, 0, -1];
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Nifti, ".nii.gz", false)]
    [InlineData(MaskFormat.Nifti, ".nii.gz", true)]
    [InlineData(MaskFormat.DicomSeg, ".dcm", false)]
    [InlineData(MaskFormat.DicomSeg, ".dcm", true)]
    public void Slices_find_their_masks_in_the_volume_by_position(MaskFormat format, string ending, bool isTilted)
    {
        AddSeries(4, isTilted);
        List<SegmentedSlice> single = _folder.Run(_folder.Options);

        List<SegmentedSlice> slices = _folder.Run(_folder.Options with { Format = format });

        string path = Assert.Single(slices.Select(s => s.MaskPath!).Distinct());
        Assert.Equal(Path.Combine(_folder.Output, "s0" + ending), path);
        var volume = LabelVolume.Open(path, LabelMap.None, ["Outer", "Inner"]);
        foreach (SegmentedSlice slice in single)
        {
            VolumeSlice found = volume.Slice(new DicomImageReader().Read(slice.ImagePath));
            Assert.True(found.IsMatched);
            Assert.Equal(LabelReader.ReadFrames(slice.MaskPath!, 1, LabelMap.None)[0].Values, found.Mask.Values);
        }

        Assert.Equal(0, volume.CountUnseen());
        Assert.Equal(5, Directory.GetFiles(_folder.Output).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Segmentation_has_no_errors_for_dciodvfy_and_dcmtk_reads_it(bool isTilted)
    {
        AddSeries(3, isTilted);

        string path = _folder.Run(_folder.Options with { Format = MaskFormat.DicomSeg })[0].MaskPath!;

        string report = Run("dciodvfy", path);
        Assert.Contains("Segmentation", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", report, StringComparison.Ordinal);
        string dump = Run("dcmdump", path);
        Assert.Contains("BINARY", dump, StringComparison.Ordinal);
        Assert.Contains("SECRET-ID", dump, StringComparison.Ordinal);
        DicomFile source = DicomImageReader.Parse(Path.Combine(_folder.Scans, "s0.dcm"));
        Assert.Contains(source.Dataset.FindText(DicomTag.SeriesInstanceUid)!, dump, StringComparison.Ordinal);
        Assert.Contains(source.Dataset.FindText(DicomTag.SopInstanceUid)!, dump, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nibabel_places_the_volume_where_the_slices_are(bool isTilted)
    {
        AddSeries(3, isTilted);
        List<SegmentedSlice> slices = _folder.Run(_folder.Options with { Format = MaskFormat.Nifti });

        const string script = "import nibabel,sys,numpy as n;v=nibabel.load(sys.argv[1]);assert n.allclose(v.get_qform(),v.get_sform(),atol=1e-4);print(*(v.affine@[7,11,2,1])[:3],v.shape,(n.asarray(v.dataobj)[:,:,2]==2).sum(),v.get_data_dtype())";
        string told = Run("/usr/bin/python3", "-c", script, slices[0].MaskPath!);

        DicomImage last = new DicomImageReader().Read(slices[2].ImagePath);
        SlicePlane plane = SlicePlane.Of(last)!.Value;
        Vector3D point = plane.Origin + (7 * plane.ColumnStep) + (11 * plane.RowStep);
        double[] numbers = [.. told.Split(' ').Take(3).Select(t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(-point.X, numbers[0], 1e-3);
        Assert.Equal(-point.Y, numbers[1], 1e-3);
        Assert.Equal(point.Z, numbers[2], 1e-3);
        Assert.Contains($"(112, 84, 3) {slices[2].Rois[1].Pixels} uint8", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaskFormat.Nifti)]
    [InlineData(MaskFormat.DicomSeg)]
    public void Volume_without_one_of_its_slices_is_not_written_and_nothing_is_left(MaskFormat format)
    {
        AddSeries(5, isTilted: false);
        var errors = new List<string>();

        // Gone after it was found, before it is read.
        var observer = new SegmentationObserver { Error = e => errors.Add(e.ErrorId), Decision = _ => File.Delete(Path.Combine(_folder.Scans, "s3.dcm")) };
        using var segmenter = new Segmenter(ScanFolder.Model, _folder.Options with { Format = format }, observer, () => new BrightnessBackend(ScanFolder.Size));

        Assert.Empty(segmenter.Run([_folder.Scans], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["FileNotFound", "SeriesIncomplete"], errors);
        Assert.Empty(Directory.GetFiles(_folder.Output));
    }

    [Fact]
    public void Series_with_a_gap_is_no_NIfTI_volume_but_a_segmentation()
    {
        _folder.Add("s0", 0);
        _folder.Add("s1", 1);
        _folder.Add("s3", 3);
        var errors = new List<string>();

        Assert.Empty(_folder.Run(_folder.Options with { Format = MaskFormat.Nifti }, errors));
        Assert.Equal("SeriesUneven", Assert.Single(errors));
        Assert.Equal(3, _folder.Run(_folder.Options with { Format = MaskFormat.DicomSeg }).Count);
    }

    private void AddSeries(int count, bool isTilted)
    {
        for (int number = 0; number < count; number++)
        {
            // The normal of the tilted planes is row × column = (-0.6, 0.8, 0).
            double[]? position = isTilted ? [10 - (0.6 * 4 * number), -20 + (0.8 * 4 * number), 30] : null;
            _folder.Add($"s{number}", number, position, isTilted ? s_tilted : null);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (errors.Result.Contains("No module named 'nibabel'", StringComparison.Ordinal))
            {
                Assert.Skip("nibabel is not installed (Debian package python3-nibabel).");
            }

            return output + errors.Result;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed (Debian packages dcmtk, dicom3tools and python3-nibabel).");
            return "";
        }
    }
}
