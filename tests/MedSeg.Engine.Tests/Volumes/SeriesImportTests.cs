using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Labels;

namespace MedSeg.Tests.Volumes;

/// <summary>Whole imports of series with a volume of labels.</summary>
public sealed class SeriesImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("seg.nii.gz", "")]
    [InlineData("P01.nii.gz", "P01/")]
    [InlineData("P01.nii.gz", "P01/T2/")]
    [InlineData("P01.nii.gz", "P01_")]
    [InlineData("P01/any name.nii.gz", "P01/")]
    public void A_volume_belongs_to_the_images_of_its_name_or_folder(string volume, string prefix)
    {
        AddSeries(prefix);
        AddMask("nifti1_pir.nii.gz", volume);

        Dataset dataset = Import();

        Assert.Equal(Enumerable.Range(1, 5).Select(n => $"{prefix}slice{n}"), dataset.Samples.Select(s => s.Name));
        Assert.Empty(dataset.Problems);
        Assert.Equal(["ROI 1", "ROI 2", "ROI 3"], dataset.LabelNames);
        for (int k = 0; k < VolumeData.Slices; k++)
        {
            Assert.Equal(CountRois(k), dataset.Samples[4 - k].RoiPixels);
            Assert.EndsWith(volume, dataset.Samples[k].LabelPath!.Replace('\\', '/'), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_segmentation_finds_its_series_wherever_it_is_and_names_the_ROIs()
    {
        AddSeries("deep/in/folders/");
        AddMask("seg_binary.dcm", "IM0001");

        Dataset dataset = Import();

        Assert.Equal(["L psoas", "R psoas", "L4"], dataset.LabelNames);
        Assert.Empty(dataset.Problems);
        Assert.Equal(CountRois(0), dataset.Samples.Single(s => s.Name.EndsWith("slice5", StringComparison.Ordinal)).RoiPixels);
    }

    [Fact]
    public void A_mask_of_an_image_s_own_name_goes_before_the_volume()
    {
        AddSeries("");
        AddMask("nifti1_u1.nii", "seg.nii");
        using (FileStream stream = File.Create(Path.Combine(_folder, "labels", "slice1.npy")))
        {
            NpyFile.Write(stream, 10, 12, new byte[VolumeData.Pixels]);
        }

        Dataset dataset = Import();

        Assert.Equal([VolumeData.Pixels, 0, 0, 0], dataset.Samples.Single(s => s.Name == "slice1").RoiPixels);
        Assert.Equal(CountRois(3), dataset.Samples.Single(s => s.Name == "slice2").RoiPixels);
    }

    [Fact]
    public void A_volume_of_the_name_of_one_image_is_matched_by_position_too()
    {
        AddSeries("");
        AddMask("nifti1_u1.nii", "slice4.nii");

        Dataset dataset = Import();

        Assert.Equal(CountRois(1), dataset.Samples.Single(s => s.IsUsable).RoiPixels);
        Assert.Equal(4, dataset.Problems.Count(p => p.Code == "LabelMissing"));
    }

    [Fact]
    public void Slices_outside_of_the_volume_say_so_and_the_rest_goes_on()
    {
        AddSeries("");
        AddMask("cropped.nii.gz", "seg.nii.gz");

        Dataset dataset = Import();

        Assert.Equal(3, dataset.Count);
        Assert.Equal(["LabelOutsideVolume", "LabelOutsideVolume"], dataset.Problems.Select(p => p.Code));
    }

    [Theory]
    [InlineData("nifti1_u1.nii", "seg.nii", "2 planes")]
    [InlineData("nifti1_sal.nii.gz", "seg.nii.gz", "2 planes")]
    [InlineData("nifti1_irp.nii.gz", "seg.nii.gz", "2 planes")]
    [InlineData("seg_sparse.dcm", "seg.dcm", "1 plane with labels does")]
    [InlineData("seg_labelmap.dcm", "seg.dcm", "2 planes")]
    public void Labels_that_no_slice_shows_are_a_warning(string volume, string name, string inMessage)
    {
        AddSeries("");
        File.Delete(Path.Combine(_folder, "dicoms", "slice2.dcm"));
        File.Delete(Path.Combine(_folder, "dicoms", "slice5.dcm"));
        AddMask(volume, name);

        Dataset dataset = Import();

        Assert.Equal(3, dataset.Count);
        LabelProblem problem = Assert.Single(dataset.Problems);
        Assert.Equal(("LabelPlaneUnseen", LabelSeverity.Warning), (problem.Code, problem.Severity));
        Assert.Contains(inMessage, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segmentation_of_another_place_is_an_error_and_not_background()
    {
        AddSeries("");
        AddMask("seg_other_frame.dcm", "seg.dcm");

        Dataset dataset = Import();

        Assert.Equal(0, dataset.Count);
        Assert.Equal("LabelOutsideVolume", Assert.Single(dataset.Problems).Code);
    }

    [Fact]
    public void Two_volumes_for_the_same_images_are_an_error()
    {
        AddSeries("");
        AddMask("nifti1_u1.nii", "one.nii");
        AddMask("nifti1_u1.nii", "two.nii");

        Dataset dataset = Import("A", "B", "C");

        Assert.Equal(["LabelVolumeAmbiguous", "LabelVolumeAmbiguous"], dataset.Problems.Select(p => p.Code));
        Assert.Contains("the volume two", dataset.Problems.First().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_name_takes_its_images_from_a_shorter_one()
    {
        AddSeries("P01_");
        AddSeries("P01_b_");
        AddMask("nifti1_u1.nii", "P01.nii");
        AddMask("nifti1_pir.nii.gz", "P01_b.nii.gz");

        Dataset dataset = Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(10, dataset.Count);
        Assert.All(dataset.Samples, s => Assert.EndsWith(s.Name.StartsWith("P01_b_", StringComparison.Ordinal) ? "P01_b.nii.gz" : "P01.nii", s.LabelPath, StringComparison.Ordinal));
    }

    [Fact]
    public void A_volume_without_images_of_its_name_gets_what_others_leave_in_its_folder()
    {
        AddSeries("P01_");
        AddSeries("x");
        AddMask("nifti1_u1.nii", "P01.nii");
        AddMask("nifti1_pir.nii.gz", "all the others.nii.gz");

        Dataset dataset = Import();

        Assert.Empty(dataset.Problems);
        Assert.All(dataset.Samples, s => Assert.EndsWith(s.Name[0] == 'x' ? "all the others.nii.gz" : "P01.nii", s.LabelPath, StringComparison.Ordinal));
    }

    [Fact]
    public void Images_of_several_series_are_not_guessed_at_unless_they_share_their_place()
    {
        AddSeries("");
        byte[] other = File.ReadAllBytes(VolumeData.PathOf("slice1.dcm"));
        int series = other.AsSpan().IndexOf("2.25.1234567890.1\0"u8);
        other[series + 16] = (byte)'8';
        File.WriteAllBytes(Path.Combine(_folder, "dicoms", "slice1.dcm"), other);
        AddMask("nifti1_u1.nii", "seg.nii");

        Assert.Empty(Import("A", "B", "C").Problems);

        int reference = other.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x20, 0, 0x52, 0, (byte)'U', (byte)'I']);
        other[reference + 8 + other[reference + 6] - 2] ^= 1;
        File.WriteAllBytes(Path.Combine(_folder, "dicoms", "slice1.dcm"), other);
        LabelProblem problem = Assert.Single(Import("A", "B", "C").Problems);

        Assert.Equal("LabelVolumeAmbiguous", problem.Code);
        Assert.Contains("of 2 series", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_without_images_says_where_they_were_looked_for()
    {
        AddSeries("P02/");
        AddMask("nifti1_u1.nii", "P01.nii");

        Dataset dataset = Import("A");

        Assert.Equal(["ImageMissing", "LabelMissing", "LabelMissing", "LabelMissing", "LabelMissing", "LabelMissing"], dataset.Problems.Select(p => p.Code).Order());
        Assert.Contains("whose name starts with P01", dataset.Problems.Single(p => p.Code == "ImageMissing").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_volume_is_one_error()
    {
        AddSeries("");
        Directory.CreateDirectory(Path.Combine(_folder, "labels"));
        File.WriteAllText(Path.Combine(_folder, "labels", "seg.nii.gz"), "no volume");

        Assert.Equal("NotNifti", Assert.Single(Import("A").Problems).Code);
    }

    [Fact]
    public void Files_that_name_a_segment_differently_ask_for_names()
    {
        AddSeries("a/");
        AddSeries("b/");
        AddMask("seg_no_series.dcm", "a.dcm");
        byte[] renamed = File.ReadAllBytes(VolumeData.PathOf("seg_no_series.dcm"));
        renamed[renamed.AsSpan().IndexOf("L psoas"u8)] = (byte)'M';
        File.WriteAllBytes(Path.Combine(_folder, "labels", "b.dcm"), renamed);

        MedSegException error = Assert.Throws<MedSegException>(() => Import());

        Assert.Equal("SegmentNamesDiffer", error.ErrorId);
        Assert.Contains("'L psoas'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'M psoas'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segmentation_among_the_images_is_passed_over()
    {
        AddSeries("");
        AddMask("nifti1_u1.nii", "seg.nii");
        File.Copy(VolumeData.PathOf("seg_binary.dcm"), Path.Combine(_folder, "dicoms", "seg.dcm"));

        Dataset dataset = Import();

        Assert.Equal(5, dataset.Count);
        Assert.Equal("seg.dcm", Path.GetFileName(Assert.Single(dataset.PassedOver)));
    }

    private static long[] CountRois(int slice) => [.. Enumerable.Range(0, 4).Select(roi => VolumeData.LabelsOf(slice).LongCount(v => v == roi))];

    private void AddSeries(string prefix)
    {
        for (int n = 1; n <= VolumeData.Slices; n++)
        {
            string path = Path.Combine(_folder, "dicoms", $"{prefix}slice{n}.dcm");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(VolumeData.PathOf($"slice{n}.dcm"), path);
        }
    }

    private void AddMask(string name, string target)
    {
        string path = Path.Combine(_folder, "labels", target);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(VolumeData.PathOf(name), path);
    }

    private Dataset Import(params string[] names) => DatasetImporter.Import(new DatasetOptions
    {
        DicomPath = Path.Combine(_folder, "dicoms"),
        LabelPath = Path.Combine(_folder, "labels"),
        InputSize = 16,
        Recurse = true,
        LabelNames = names,
    });
}
