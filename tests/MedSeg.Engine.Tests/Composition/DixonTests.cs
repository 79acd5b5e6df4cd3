using MedSeg.Composition;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Tests.Volumes;

namespace MedSeg.Tests.Composition;

/// <summary>Fat of a phantom from water and fat images.</summary>
public sealed class DixonTests : PhantomTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dixon_images_give_the_fraction_pixel_by_pixel(bool samePlace)
    {
        AddSlice("P01_S01", 0, 0.25);
        string fat = AddFat(samePlace ? "IM0107" : "P01_S01", samePlace ? 0 : null);

        RoiComposition[] found = [.. Measure(new CompositionOptions { FatImagePath = Path.GetDirectoryName(fat) }).Slices];

        // Water is 200 and 700 in ROI 1, fat is 100 everywhere; ROI 2 has water 900.
        Assert.Equal(100 * ((0.75 * 100 / 300) + (0.25 * 100 / 800)), found[0].FatPercent!.Value, 1e-4);
        Assert.Equal(FatMethod.Dixon, found[0].FatMethod);
        Assert.Equal(10, found[1].FatPercent!.Value, 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dixon_takes_water_and_fat_from_the_channels(bool areInOneFile)
    {
        // ROI 1 has the water 300 and the fat 100, the background 900 and 0.
        short[] roi = [.. Enumerable.Range(0, 3 * 64).Select(i => (short)(i % 64 < 20 ? 1 : 0))];
        NiftiBytes Volume(Func<short, short> value) => new([8, 8, 3], [.. roi.Select(value)]) { Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0], Sizes = [1, 1, 4] };
        (NiftiBytes water, NiftiBytes fat) = (Volume(r => (short)(r == 1 ? 300 : 900)), Volume(r => (short)(100 * r)));
        string images = Path.Combine(Root, "mr");
        Volume(r => r).Save(Root, "drawn", "P01.nii");
        if (areInOneFile)
        {
            (fat with { Counts = [8, 8, 3, 2], Voxels = [.. fat.Voxels, .. water.Voxels] }).Save(images, "P01.nii");
        }
        else
        {
            water.Save(images, "W", "P01.nii");
            fat.Save(images, "F", "P01.nii");
        }

        var options = new DatasetOptions { DicomPath = images, LabelPath = Path.Combine(Root, "drawn"), InputSize = 16, Recurse = true, Channels = areInOneFile ? [new("Fat", "Volume=1"), new("w", "Volume=2")] : [new("Fat", "F/"), new("w", "W/")] };
        Dataset dataset = DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken);
        var composition = new CompositionOptions { FatMethod = FatMethod.Dixon, WaterChannel = "W" };

        IReadOnlyList<RoiComposition> found = CompositionMeasure.Measure(dataset, composition, cancellationToken: TestContext.Current.CancellationToken).Slices;

        Assert.Equal(3, found.Count);
        Assert.All(found, slice => Assert.Equal((25, 300), (Math.Round(slice.FatPercent!.Value, 4), Math.Round(slice.Mean!.Value, 4))));
        MedSegException error = Assert.Throws<MedSegException>(() => CompositionMeasure.Measure(dataset, new CompositionOptions { FatMethod = FatMethod.Dixon }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("needs the channels 'water' and 'fat', but the data set has 'Fat', 'w'", error.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_floor_leaves_out_pixels_without_signal()
    {
        AddSlice("P01_S01", 0, 0.25);
        string fat = AddFat("P01_S01", null);

        RoiComposition muscle = Measure(new CompositionOptions { FatImagePath = Path.GetDirectoryName(fat), NoiseFloor = 400 }).Slices[0];

        Assert.Equal(400, muscle.MeasuredPixels);
        Assert.Equal(12.5, muscle.FatPercent!.Value, 1e-4);
    }

    [Fact]
    public void Slice_without_a_fat_image_is_reported_and_others_are_measured()
    {
        AddSlice("P01_S01", 0, 0.25);
        AddSlice("P01_S02", 1, 0.25);
        string fat = AddFat("P01_S01", null);

        CompositionResult found = Measure(new CompositionOptions { FatImagePath = Path.GetDirectoryName(fat) });

        Assert.Equal(["P01_S01", "P01_S01"], found.Slices.Select(s => s.Slice));
        Assert.Equal(ErrorIds.FatImageMissing, Assert.Single(found.Problems).Code);
    }
}
