using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Files;

/// <summary>RT Structure Sets as labels of a series.</summary>
public sealed class StructureSetTests : IDisposable
{
    private readonly SmallScan _scan = new SmallScan().AddSeries(4);

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void Contours_become_masks_by_position_with_the_names_of_their_ROIs()
    {
        // The numbers of the file mean nothing, and points are no contours.
        new SmallStructures { CharacterSet = "ISO_IR 100" }.Name(12, "psoas gau\u00E7he").Name(5, "disc").Name(9, "isocentre")
            .Box(12, 0, 4, 5, 11, 15).Box(5, 0, 10, 28, 10, 8).Box(12, 3, 4, 5, 11, 16).Box(5, 9, 12, 28, 7, 8).Contour(9, 3, null, "POINT", 3, 3)
            .Save(_scan, "rs.dcm");

        Dataset set = _scan.Import();

        Assert.Equal(["disc", "psoas gauçhe"], set.LabelNames);
        Assert.Equal([(80L, 165L), (0, 176), (0, 0), (56, 0)], set.Samples.Select(sample => (sample.RoiPixels[1], sample.RoiPixels[2])));
        Assert.All(set.Samples, sample => Assert.Empty(sample.Problems));
    }

    [Fact]
    public void Names_choose_the_ROIs_and_others_are_mapped_to_background()
    {
        new SmallStructures().Name(1, "Psoas").Name(2, "BODY").Box(1, 0, 4, 5, 11, 15).Box(2, 0, 0, 0, 32, 40).Save(_scan, "rs.dcm");

        Assert.Equal(ErrorIds.LabelSegmentUnknown, Assert.Single(Assert.Single(_scan.Import("psoas").Samples).Problems).Code);
        var map = new LabelMapping { Segments = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["BODY"] = 0 } };
        Assert.Equal(165, _scan.Import(map, "psoas").Samples[0].RoiPixels[1]);

        // Without names, those that are left name the ROIs.
        Dataset unnamed = _scan.Import(map);
        Assert.Equal(["Psoas"], unnamed.LabelNames);
        Assert.Equal(ErrorIds.LabelOverlap, _scan.Import().Samples[0].Problems[0].Code);
    }

    [Fact]
    public void Inner_rings_keyholes_and_exclusive_contours_are_holes()
    {
        double[] outer = [3.5, 3.5, 20.5, 3.5, 20.5, 20.5, 3.5, 20.5];
        double[] inner = [8.5, 8.5, 12.5, 8.5, 12.5, 12.5, 8.5, 12.5];
        new SmallStructures().Name(1, "ring")
            .Contour(1, 0, null, "CLOSED_PLANAR", outer).Contour(1, 0, null, "CLOSED_PLANAR", inner)
            .Contour(1, 3, null, "CLOSED_PLANAR", [.. outer, 3.5, 3.5, .. inner, 8.5, 8.5])
            .Contour(1, 6, null, "CLOSED_PLANAR_XOR", outer).Contour(1, 6, null, "CLOSED_PLANAR_XOR", inner)
            .Contour(1, 9, null, "CLOSED_PLANAR", outer).Contour(1, 9, null, "CLOSED_PLANAR", outer)
            .Save(_scan, "rs.dcm");

        // The same contour twice is one.
        Assert.Equal([273L, 273, 273, 289], _scan.Import().Samples.Select(sample => sample.RoiPixels[1]));
    }

    [Fact]
    public void Contours_between_slices_and_far_from_them_are_told()
    {
        new SmallStructures().Name(1, "disc").Box(1, 0.4, 4, 5, 11, 15).Box(1, 4.5, 4, 5, 11, 15).Box(1, 60, 4, 5, 11, 15).Save(_scan, "rs.dcm");

        Sample first = _scan.Import().Samples[0];

        Assert.Equal(165, first.RoiPixels[1]);
        LabelProblem problem = Assert.Single(first.Problems);
        Assert.Equal(ErrorIds.LabelPlaneUnseen, problem.Code);
        Assert.Contains("2 planes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contour_halfway_belongs_to_the_slice_that_it_names()
    {
        new SmallStructures().Name(1, "disc").Box(1, 4.5, 4, 5, 11, 15, source: "2.25.10.3").Save(_scan, "rs.dcm");

        Assert.Equal([0L, 0, 165, 0], _scan.Import().Samples.Select(sample => sample.RoiPixels[1]));
    }

    [Fact]
    public void Two_series_of_the_same_slices_have_the_same_contours()
    {
        _scan.AddSeries(4, prefix: "F", change: (_, slice) => slice with { Series = "2.25.11" });
        new SmallStructures { Series = null }.Name(1, "disc").Box(1, 3, 4, 5, 11, 15, source: "2.25.10.2").Save(_scan, "rs.dcm");

        Dataset set = _scan.Import();

        Assert.Equal(8, set.Samples.Count);
        Assert.Equal(["F01", "S01"], set.Samples.Where(sample => sample.RoiPixels[1] == 165).Select(sample => sample.Name));
    }

    [Fact]
    public void Contours_of_another_frame_of_reference_are_of_another_scan()
    {
        new SmallStructures { FrameOfReference = "2.25.777" }.Name(1, "disc").Box(1, 0, 4, 5, 11, 15).Save(_scan, "rs.dcm");

        Assert.Equal(ErrorIds.LabelOutsideVolume, Assert.Single(Assert.Single(_scan.Import().Samples).Problems).Code);
    }

    [Fact]
    public void A_structure_set_without_contours_is_refused()
    {
        new SmallStructures().Name(1, "disc").Contour(1, 0, null, "POINT", 3, 3).Save(_scan, "rs.dcm");

        LabelProblem problem = Assert.Single(Assert.Single(_scan.Import("disc").Samples).Problems);
        Assert.Equal(ErrorIds.OutlineInvalid, problem.Code);
        Assert.Contains("no closed contours", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_structure_set_among_the_images_is_passed_over()
    {
        var structures = new SmallStructures().Name(1, "disc").Box(1, 0, 4, 5, 11, 15);
        structures.Save(_scan, "rs.dcm");
        structures.Save(_scan, Path.Combine("..", "dicoms", "rs.dcm"));

        Dataset set = _scan.Import();

        Assert.Equal(4, set.Samples.Count);
        Assert.Equal("rs.dcm", Path.GetFileName(Assert.Single(set.PassedOver)));
    }

    [Fact]
    public void Mutated_structure_sets_are_read_or_refused()
    {
        new SmallStructures().Name(1, "ring").Name(2, "disc").Box(1, 0, 4, 5, 11, 15, "2.25.10.1").Box(2, 3, 4, 5, 11, 15).Contour(1, 3, null, "CLOSED_PLANAR", 20, 20.5, 30.25, 33, 19, 35).Save(_scan, "rs.dcm");
        byte[] seed = File.ReadAllBytes(Path.Combine(_scan.Labels, "rs.dcm"));
        var image = new ImageSlice { Rows = 40, Columns = 32, Pixels = [], Plane = ImagePlane.Of([-10, -20, 30], [1, 0, 0, 0, 1, 0], new PixelSpacing(0.8, 0.7), 40, 32), SopInstanceUid = "2.25.10.1" };
        var target = new Fuzzing.FuzzTarget("/data/rs.dcm", file => (64 << 20) + (4096 * file.Length), file =>
        {
            var volume = LabelVolume.Parse(file, "/data/rs.dcm", LabelMapping.None, []);
            Assert.Equal(40 * 32, volume.Slice(image).Mask.Values.Length);
            Assert.True(volume.CountUnseen() >= 0);
        });
        var random = new Random(41);
        int runs = Fuzzing.FuzzTarget.Runs(3000);
        int refused = Enumerable.Range(0, runs).Count(run => target.IsRefused(Fuzzing.FileMutator.Mutate(seed, seed, random), $"run {run}"));

        Assert.InRange(refused, runs / 10, runs - (runs / 100));
    }
}
