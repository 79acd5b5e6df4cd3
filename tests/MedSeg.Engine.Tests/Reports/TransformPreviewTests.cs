using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Pictures;
using MedSeg.Reports;
using MedSeg.Training;

namespace MedSeg.Tests.Reports;

/// <summary>One slice under each transform.</summary>
public sealed class TransformPreviewTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly Dataset _dataset;

    public TransformPreviewTests()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = _folder, TrainingPatients = 1, HeldOutPatients = 0, SlicesPerPatient = 3 });
        _dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "train", "dicoms"), LabelPath = Path.Combine(_folder, "train", "labels"), InputSize = 64 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_transform_is_shown_at_the_ends_of_its_range_and_says_when_it_is_off()
    {
        var options = new TrainingOptions { RotationDegrees = 7.5, WarpMinimum = 1, CropMinimum = 0.6, CropMaximum = 0.9, ElasticShift = 0.03, GammaRange = 1, NoiseDeviation = 0.2 };

        Assert.Equal(
            [
                "As it is", "Rotation −7.5°", "Rotation +7.5°", "Warp 0.80 across, off", "Warp 0.80 down, off", "Warp 0.80 both, off",
                "Crop 0.60 upper left", "Crop 0.60 lower right", "Crop 0.90 centre", "Elastic 0.03 (one)", "Elastic 0.03 (another)", "Blur 1.0 pixels, off",
                "Gamma 0.50", "Gamma 2.00", "Contrast × 0.75, off", "Contrast × 1.25, off", "Noise 0.20", "Resolution ÷ 2.0, off",
            ],
            TransformPreview.Extremes(_dataset, options).Select(t => t.Caption));
        Assert.All(TransformPreview.Extremes(_dataset, options with { AugmentationProbability = 0, IntensityProbability = 0 }).Skip(1), t => Assert.EndsWith(", off", t.Caption, StringComparison.Ordinal));
    }

    [Fact]
    public void Image_and_mask_change_where_they_should_and_only_there()
    {
        IReadOnlyList<PreviewTile> tiles = TransformPreview.Extremes(_dataset, new TrainingOptions());
        PreviewTile original = tiles[0];
        PreviewTile[] others = [.. tiles.Skip(1)];

        Assert.Equal(others.Length, others.Select(t => string.Join(' ', t.Image)).Distinct().Count());
        Assert.All(others, t => Assert.NotEqual(original.Image, t.Image));
        Assert.All(others.Take(10), t => Assert.NotEqual(original.Roi, t.Roi));
        Assert.All(others.Skip(10), t => Assert.Equal(original.Roi, t.Roi));
        Assert.All(tiles, t => Assert.Subset(original.Roi.ToHashSet(), t.Roi.ToHashSet()));
        Assert.All(tiles, t => Assert.Equal((original.Image.Min(), original.Image.Max()), t.Window));
        Assert.Equal(_dataset.Samples.Max(s => s.RoiPixels.Skip(1).Sum()), _dataset.Samples.Single(s => { using RentedSlice slice = s.Pixels!.Open(); return slice.Roi.SequenceEqual(original.Roi); }).RoiPixels.Skip(1).Sum());
    }

    [Fact]
    public void Rotated_slice_is_turned_by_that_angle()
    {
        IReadOnlyList<PreviewTile> tiles = TransformPreview.Extremes(_dataset, new TrainingOptions { RotationDegrees = 30 });

        double Angle(PreviewTile tile)
        {
            // The direction from the centre of ROI 1 to that of ROI 2.
            (double x, double y)[] centres = [.. Enumerable.Range(1, 2).Select(roi => (Mean(tile, roi, i => i % 64), Mean(tile, roi, i => i / 64)))];
            return Math.Atan2(centres[1].y - centres[0].y, centres[1].x - centres[0].x) * 180 / Math.PI;
        }

        double first = Math.IEEERemainder(Angle(tiles[1]) - Angle(tiles[0]), 360);
        double second = Math.IEEERemainder(Angle(tiles[2]) - Angle(tiles[0]), 360);
        Assert.Equal(-30, first, 1.5);
        Assert.Equal(30, second, 1.5);
    }

    private static double Mean(PreviewTile tile, int roi, Func<int, int> coordinate) =>
        Enumerable.Range(0, tile.Roi.Length).Where(i => tile.Roi[i] == roi).Average(coordinate);
}
