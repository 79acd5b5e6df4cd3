using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Tests.Volumes;

namespace MedSeg.Tests.Data.Caching;

/// <summary>Caches of series whose labels are in a volume.</summary>
public sealed class VolumeCacheTests : IDisposable
{
    private readonly SmallSet _set = new();

    public void Dispose() => _set.Dispose();

    [Theory]
    [InlineData("nifti1_pir.nii.gz", "seg.nii.gz", "ROI 1")]
    [InlineData("seg_binary.dcm", "seg.dcm", "L psoas")]
    [InlineData("seg_labelmap.dcm", "IM0001", "L psoas")]
    public void Volume_is_one_entry_and_gives_the_same_samples_as_without_a_cache(string volume, string name, string firstRoi)
    {
        AddSeries();
        Add(volume, Path.Combine("labels", name));

        Assert.Equal((0, 1), _set.ImportAndCompare());
        Assert.Equal((1, 0), _set.ImportAndCompare());

        Dataset dataset = _set.Import();
        Assert.Equal(VolumeData.Slices, dataset.Count);
        Assert.Equal(firstRoi, dataset.LabelNames[0]);
        Assert.Contains(dataset.Samples, sample => sample.Roi().Contains((byte)1));
    }

    [Theory]
    [InlineData("dicoms/slice3.dcm")]
    [InlineData("labels/seg.nii")]
    public void Change_of_a_slice_or_of_the_volume_decodes_it_again(string changed)
    {
        AddSeries();
        Add("nifti1_u1.nii", "labels/seg.nii");
        _set.Import();
        string path = Path.Combine(_set.Root, changed);
        byte[] content = File.ReadAllBytes(path);

        // Of a slice, a pixel; of the volume, a label of the first plane.
        content[^1] = (byte)(content[^1] == 1 ? 2 : 1);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-30));

        Assert.Equal((0, 1), _set.ImportAndCompare());
        Assert.Equal((1, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void Missing_slice_is_reported_and_the_volume_is_decoded_again()
    {
        AddSeries();
        Add("nifti1_u1.nii", "labels/seg.nii");
        _set.Import();
        File.Delete(_set.ImagePath("slice2"));

        Assert.Equal((0, 1), _set.ImportAndCompare());
        Assert.Equal((1, 0), _set.ImportAndCompare());
        Assert.Equal("LabelPlaneUnseen", Assert.Single(_set.Import().Problems).Code);
    }

    [Fact]
    public void Set_that_is_moved_with_its_cache_names_its_new_paths()
    {
        AddSeries();
        Add("seg_binary.dcm", "labels/seg.dcm");
        _set.Import();
        string moved = _set.Root + "-moved";
        Directory.Move(_set.Root, moved);
        _set.Root = moved;

        Assert.Equal((1, 0), _set.ImportAndCompare());
    }

    [Fact]
    public void Volumes_of_the_same_images_are_reported_by_each_import()
    {
        AddSeries();
        Add("nifti1_u1.nii", "labels/one.nii");
        Add("nifti1_u1.nii", "labels/two.nii");

        for (int import = 0; import < 2; import++)
        {
            Dataset dataset = _set.Import(_set.Options(DatasetCache.Disk, ["A", "B", "C"]));
            Assert.Equal(["LabelVolumeAmbiguous", "LabelVolumeAmbiguous"], dataset.Problems.Select(p => p.Code));
            Assert.Equal((0, 0), (dataset.Cache!.Taken, dataset.Cache.Decoded));
        }
    }

    private void AddSeries()
    {
        for (int n = 1; n <= VolumeData.Slices; n++)
        {
            Add($"slice{n}.dcm", $"dicoms/slice{n}.dcm");
        }
    }

    private void Add(string name, string target)
    {
        string path = Path.Combine(_set.Root, target);
        File.Copy(VolumeData.PathOf(name), path);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
    }
}
