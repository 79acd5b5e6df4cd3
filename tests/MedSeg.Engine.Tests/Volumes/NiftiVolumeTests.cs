using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

public sealed class NiftiVolumeTests
{
    public static TheoryData<string> Volumes
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string path in Directory.GetFiles(VolumeData.Folder, "nifti*").Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetFileName(path));
            }

            return data.Count >= 24 ? data : throw new InvalidOperationException("Volumes are missing.");
        }
    }

    [Theory]
    [MemberData(nameof(Volumes))]
    public void Each_slice_finds_its_labels_however_the_volume_is_stored(string name)
    {
        LabelVolume volume = VolumeData.Open(name);
        for (int k = 0; k < VolumeData.Slices; k++)
        {
            SliceLabels slice = volume.Slice(VolumeData.Series[k]);

            Assert.True(slice.IsMatched);
            Assert.Equal(VolumeData.LabelsOf(k), slice.Mask.Values);
        }
    }

    [Fact]
    public void What_dcm2niix_made_of_the_series_gives_the_series_back()
    {
        LabelVolume volume = VolumeData.Open("dcm2niix.nii.gz");

        Assert.All(VolumeData.Series, image => Assert.Equal(image.Pixels, volume.Slice(image).Mask.Values));
    }

    [Fact]
    public void Beside_a_smaller_volume_is_background_and_slices_beyond_it_are_refused()
    {
        LabelVolume volume = VolumeData.Open("cropped.nii.gz");
        float[] expected = VolumeData.LabelsOf(2);
        for (int i = 0; i < expected.Length; i++)
        {
            bool isInside = i / 12 is >= 2 and < 8 && i % 12 is >= 3 and < 9;
            expected[i] = isInside ? expected[i] : 0;
        }

        Assert.Equal(expected, volume.Slice(VolumeData.Series[2]).Mask.Values);
        FileFormatException first = Assert.Throws<FileFormatException>(() => volume.Slice(VolumeData.Series[0]));
        Assert.Equal("LabelOutsideVolume", first.ErrorId);
        Assert.Contains("3 mm from its first plane", first.Message, StringComparison.Ordinal);
        Assert.Contains("3 mm from its last plane", Assert.Throws<FileFormatException>(() => volume.Slice(VolumeData.Series[4])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("between.nii.gz", "LabelOutsideVolume", "1.2 mm from the nearest (planes are 3 mm apart)")]
    [InlineData("tilted.nii.gz", "LabelOutsideVolume", "tilted")]
    [InlineData("no_position.nii.gz", "LabelVolumePosition", "neither sform nor qform")]
    [InlineData("fractions.nii.gz", null, "")]
    public void A_volume_that_does_not_fit_the_slice_says_why(string name, string? errorId, string inMessage)
    {
        LabelVolume volume = VolumeData.Open(name);
        if (errorId is null)
        {
            // Fractions are the label rule's to refuse.
            Assert.Equal("LabelFraction", Assert.Single(LabelSnap.Check(volume.Slice(VolumeData.Series[0]).Mask, 4).Problems).Code);
            return;
        }

        FileFormatException error = Assert.Throws<FileFormatException>(() => volume.Slice(VolumeData.Series[1]));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("four_axes.nii.gz", "4 axes")]
    [InlineData("colours.nii.gz", "colours")]
    [InlineData("complex.nii.gz", "data type 32")]
    public void Other_kinds_are_refused(string name, string inMessage)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => VolumeData.Open(name));

        Assert.Equal("NiftiUnsupported", error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_two_axes_is_a_plain_mask_as_it_is_stored()
    {
        LabelImage image = LabelReader.Read(VolumeData.PathOf("plain.nii"));

        Assert.Equal((10, 12), (image.Rows, image.Columns));
        Assert.Equal(VolumeData.LabelsOf(2), image.Values);
        Assert.Equal(VolumeData.LabelsOf(2), VolumeData.Open("plain.nii").Slice(VolumeData.Series[4]).Mask.Values);
        Assert.Equal("LabelVolume", Assert.Throws<FileFormatException>(() => LabelReader.Read(VolumeData.PathOf("nifti1_u1.nii"))).ErrorId);
    }

    [Fact]
    public void A_slice_without_a_position_is_refused()
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => VolumeData.Open("nifti1_u1.nii").Slice(VolumeData.Series[0] with { Position = null }));

        Assert.Equal("LabelVolumePosition", error.ErrorId);
        Assert.Contains("position, orientation and pixel spacing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nifti1_u1.nii")]
    [InlineData("nifti1_gzip.nii.gz")]
    public void A_volume_that_is_cut_short_is_refused(string name)
    {
        byte[] content = File.ReadAllBytes(VolumeData.PathOf(name));
        for (int length = 0; length < content.Length - 8; length += 7)
        {
            Assert.Throws<FileFormatException>(() => NiftiFile.Decode(content[..length], "x.nii"));
        }
    }

    [Fact]
    public void A_compressed_header_that_promises_more_than_the_file_can_hold_costs_no_memory()
    {
        byte[] head = File.ReadAllBytes(VolumeData.PathOf("nifti1_u1.nii"));
        BitConverter.TryWriteBytes(head.AsSpan(42), (short)1000);
        BitConverter.TryWriteBytes(head.AsSpan(44), (short)1000);
        BitConverter.TryWriteBytes(head.AsSpan(46), (short)2000);
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(head);
        }

        byte[] content = packed.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("NiftiTruncated", Assert.Throws<FileFormatException>(() => NiftiFile.Decode(content, "x.nii.gz")).ErrorId);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }
}
