using MedSeg.Data;
using MedSeg.Errors;

namespace MedSeg.Tests.Data.Files;

/// <summary>Label volumes that are named like the first slice of their series, as segmentation names them.</summary>
public sealed class NamedVolumeTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void A_volume_named_like_the_first_slice_belongs_to_the_series()
    {
        _scan.AddSeries().AddVolume("S00.nii.gz");

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal(Enumerable.Range(0, 6).Select(k => $"S{k:00}"), dataset.Samples.Select(sample => sample.Name));
        Assert.Empty(dataset.Problems);
        Assert.Equal(Enumerable.Range(0, 6).Select(k => SmallScan.PixelsOf(k)), dataset.Samples.Select(sample => sample.RoiPixels));
    }

    [Fact]
    public void So_does_a_segmentation_although_it_leaves_out_slices()
    {
        _scan.AddSeries().AddSegmentation("S00.dcm", [new SmallFrame(3, 1, SmallScan.Mask(1), null)], [(1, "A"u8.ToArray())]);

        Dataset dataset = _scan.Import("A");

        Assert.Equal(6, dataset.Count);
        Assert.Equal([0, SmallScan.PixelsOf(1)[1], 0, 0, 0, 0], dataset.Samples.Select(sample => sample.RoiPixels[1] == 0 ? 0 : SmallScan.PixelsOf(1)[1]));
    }

    [Fact]
    public void Two_series_in_one_folder_have_their_own_volumes()
    {
        _scan.AddSeries(3, prefix: "A").AddSeries(3, prefix: "B", change: (_, slice) => slice with { Series = "2.25.77" }).AddVolume("A00.nii.gz", count: 3).AddVolume("B00.nii.gz", count: 3);

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal((6, 6), (dataset.Count, dataset.Samples.Count));
        Assert.All(dataset.Samples, sample => Assert.Equal(sample.Name[0], Path.GetFileName(sample.LabelPath!)[0]));
    }

    [Fact]
    public void Slices_outside_of_the_volume_have_no_mask()
    {
        _scan.AddSeries().AddVolume("S00.nii.gz", count: 2);

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal(2, dataset.Count);
        Assert.Equal([ErrorIds.LabelMissing], dataset.Problems.Select(problem => problem.Code).Distinct());
        Assert.Equal(4, dataset.Problems.Count());
    }

    [Fact]
    public void Slices_with_masks_of_their_own_keep_them()
    {
        _scan.AddSeries().AddVolume("S00.nii.gz").AddMask("S01.png", SmallScan.Mask(0));

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal(6, dataset.Count);
        MedSeg.Data.Samples.Sample second = dataset.Samples.Single(sample => sample.Name == "S01");
        Assert.Equal("S01.png", Path.GetFileName(second.LabelPath));
        Assert.Equal(SmallScan.PixelsOf(0), second.RoiPixels);
    }
}
