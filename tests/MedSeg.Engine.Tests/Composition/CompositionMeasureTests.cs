using MedSeg.Comparison;
using MedSeg.Composition;
using MedSeg.Errors;
using MedSeg.Reports;
using MedSeg.Volumes;
using SkiaSharp;

namespace MedSeg.Tests.Composition;

/// <summary>Sizes, intensities and fat of a phantom.</summary>
public sealed class CompositionMeasureTests : PhantomTests
{
    [Fact]
    public void Areas_and_intensities_are_those_of_the_pixels_in_the_mask()
    {
        AddSlice("P01_S01", 0, 0.25);

        RoiComposition muscle = Measure(new CompositionOptions()).Slices[0];

        Assert.Equal(("P01_S01", 1, "Muscle", 1600L, 1600L), (muscle.Slice, muscle.Roi, muscle.Name, muscle.Pixels, muscle.MeasuredPixels));
        Assert.Equal(1600 * 0.4, muscle.Area!.Value, 1e-9);
        Assert.Equal((29.5, 29.5), (muscle.CentroidRow, muscle.CentroidColumn));
        Assert.Equal((200.0, 200.0, 700.0), (muscle.Minimum, muscle.Median, muscle.Maximum));
        Assert.Equal((0.75 * 200) + (0.25 * 700), muscle.Mean!.Value, 1e-9);
        Assert.Equal(Math.Sqrt(250000 * 0.25 * 0.75 * 1600 / 1599), muscle.Deviation!.Value, 1e-9);
        Assert.Null(muscle.FatPercent);
        Assert.Null(muscle.LeanArea);
    }

    [Theory]
    [InlineData(FatMethod.Otsu, FatScope.Roi)]
    [InlineData(FatMethod.Otsu, FatScope.Slice)]
    [InlineData(FatMethod.KMeans, FatScope.Patient)]
    [InlineData(FatMethod.Mixture, FatScope.Slice)]
    [InlineData(FatMethod.Reference, FatScope.Slice)]
    public void Fat_of_each_method_is_the_share_of_the_phantom(FatMethod method, FatScope scope)
    {
        AddSlice("P01_S01", 0, 0.25, noise: 40);
        AddSlice("P01_S02", 1, 0.10, noise: 40);

        CompositionResult found = Measure(new CompositionOptions { FatMethod = method, FatScope = scope, ReferenceRoi = 2, ReferenceFraction = 0.6 });

        RoiComposition[] muscle = [.. found.Slices.Where(s => s.Roi == 1)];
        Assert.InRange(muscle[0].FatPercent!.Value, 24, 26);
        Assert.InRange(muscle[1].FatPercent!.Value, 9, 11);
        Assert.InRange(muscle[0].FatThreshold!.Value, 300, 600);
        Assert.Equal(muscle[0].Area!.Value * (1 - (muscle[0].FatPercent!.Value / 100)), muscle[0].LeanArea!.Value, 1e-9);
        Assert.InRange(found.Patients[0].FatPercent!.Value, 16.5, 18.5);
    }

    [Fact]
    public void Lean_muscle_by_itself_is_not_judged_but_together_with_fat_it_is()
    {
        AddSlice("P01_S01", 0, 0, noise: 40);

        double alone = Measure(new CompositionOptions { FatMethod = FatMethod.Otsu, FatScope = FatScope.Roi }).Slices[0].FatPercent!.Value;
        double together = Measure(new CompositionOptions { FatMethod = FatMethod.Otsu }).Slices[0].FatPercent!.Value;

        // What docs/composition.md warns of.
        Assert.True(alone > 40, $"{alone}");
        Assert.True(together < 1, $"{together}");
    }

    [Fact]
    public void Volume_comes_from_positions_and_patients_are_summarized()
    {
        AddSlice("P01_S01", 0, 0.5);
        AddSlice("P01_S02", 1, 0.5);
        AddSlice("P01_S03", 2, 0.5);

        PatientComposition muscle = Measure(new CompositionOptions { FatMethod = FatMethod.Otsu }).Patients[0];

        Assert.Equal((3, 3, "P01_S01"), (muscle.Slices, muscle.SlicesWithRoi, muscle.LargestSlice));
        Assert.Equal(640, muscle.MeanArea!.Value, 1e-9);
        Assert.Equal(640 * 3 * Distance, muscle.Volume!.Value, 1e-6);
        Assert.Equal(50, muscle.FatPercent!.Value, 1e-9);
        Assert.Equal(320 * 3 * Distance, muscle.LeanVolume!.Value, 1e-6);
        Assert.Equal(450, muscle.Mean!.Value, 1e-9);
    }

    [Fact]
    public void Erosion_leaves_the_area_and_says_how_many_pixels_were_measured()
    {
        AddSlice("P01_S01", 0, 0.25);

        RoiComposition muscle = Measure(new CompositionOptions { Erosion = 2 }).Slices[0];

        Assert.Equal((1600L, 36L * 36, 2), (muscle.Pixels, muscle.MeasuredPixels, muscle.Erosion));
        Assert.Equal(640, muscle.Area!.Value, 1e-9);
    }

    [Fact]
    public void Slices_of_volumes_are_measured_with_their_own_voxels()
    {
        // Two planes of 4 × 3 voxels of 1.5 × 0.8 × 4 mm: the second is twice as bright, and its ROI is smaller.
        byte[] labels = [1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2];
        WriteVolume("dicoms", [.. Enumerable.Repeat((byte)50, 12), .. Enumerable.Repeat((byte)100, 11), 90]);
        WriteVolume("labels", labels);

        CompositionResult found = Measure(new CompositionOptions());

        RoiComposition[] muscle = [.. found.Slices.Where(s => s.Roi == 1)];
        Assert.Equal([50.0, 100.0], muscle.Select(s => s.Mean!.Value));
        Assert.Equal([4.8, 2.4], muscle.Select(s => Math.Round(s.Area!.Value, 4)));
        Assert.Equal((4.8 + 2.4) * 4, found.Patients[0].Volume!.Value, 1e-4);
    }

    [Fact]
    public void Methods_without_what_they_need_are_refused()
    {
        AddSlice("P01_S01", 0, 0.25);

        foreach (CompositionOptions options in (CompositionOptions[])[new() { FatMethod = FatMethod.Reference }, new() { FatMethod = FatMethod.Dixon }, new() { FatMethod = FatMethod.Otsu, FatImagePath = Root }, new() { FatMethod = FatMethod.Reference, ReferenceRoi = 3 }])
        {
            Assert.Equal(ErrorIds.FatMethodInvalid, Assert.Throws<MedSegException>(() => Measure(options)).ErrorId);
        }
    }

    [Fact]
    public void Levels_are_summarized_with_the_slabs_of_the_whole_scan()
    {
        AddSlice("P01_S01", 0, 0.5);
        AddSlice("P01_S02", 1, 0.5);
        AddSlice("P01_S03", 2, 0.5);

        CompositionResult found = Measure(new CompositionOptions { FatMethod = FatMethod.Otsu, Levels = [new("*", "L4"), new("p01_s03", "L5")] });

        Assert.Equal(["L4", "L4", "L5"], found.Slices.Where(s => s.Roi == 1).Select(s => s.Level));
        PatientComposition[] levels = [.. found.Levels.Where(level => level.Roi == 1)];
        Assert.Equal([("L4", 2, 640 * 2 * Distance), ("L5", 1, 640 * Distance)], levels.Select(level => (level.Level!, level.Slices, Math.Round(level.Volume!.Value, 6))));
        Assert.Null(found.Patients[0].Level);
        Assert.Equal(ErrorIds.LevelInvalid, Assert.Throws<MedSegException>(() => Measure(new CompositionOptions { Levels = [new("S01", "L4")] })).ErrorId);
    }

    [Fact]
    public void Scans_of_a_patient_have_volumes_of_their_own()
    {
        foreach (string scan in (string[])["test", "retest"])
        {
            AddSlice(scan + "/S01", 0, 0.5);
            AddSlice(scan + "/S02", 1, 0.5);
        }

        CompositionResult found = Measure(new CompositionOptions { FatMethod = FatMethod.Otsu });

        PatientComposition[] scans = [.. found.Scans.Where(scan => scan.Roi == 1)];
        Assert.Equal(["retest 2 6.4 3.2", "test 2 6.4 3.2"], scans.Select(scan => FormattableString.Invariant($"{scan.Scan} {scan.Slices} {scan.VolumeCm3:0.###} {scan.LeanVolumeCm3:0.###}")).Order(StringComparer.Ordinal));
        Assert.Null(found.Patients[0].Volume);
        Assert.Equal(["retest", "test"], CompositionValue.Of(found.Scans).Select(value => value.Scan).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Long_rows_have_each_known_value_once_with_its_unit()
    {
        AddSlice("P01_S01", 0, 0.25);
        CompositionResult found = Measure(new CompositionOptions { FatMethod = FatMethod.Otsu });

        IReadOnlyList<CompositionValue> slices = CompositionValue.Of(found.Slices);
        IReadOnlyList<CompositionValue> patients = CompositionValue.Of(found.Patients);

        CompositionValue area = Assert.Single(slices, v => v is { Roi: 1, Measure: "Area" });
        Assert.Equal(("P01_S01", "Muscle", "mm²", 640.0), (area.Slice, area.Name, area.Unit, Math.Round(area.Value, 9)));
        Assert.Equal(25, Assert.Single(slices, v => v is { Roi: 1, Measure: "FatPercent", Unit: "%" }).Value, 1e-9);
        Assert.DoesNotContain(slices, v => v.Measure is "Roi" or "IntermediatePercent");
        Assert.Equal((null, "mm²"), Assert.Single(patients.Where(v => v is { Roi: 1, Measure: "MeanArea" }).Select(v => (v.Slice, v.Unit))));
    }

    [Theory]
    [InlineData(FatMethod.Otsu, SideSource.Name)]
    [InlineData(FatMethod.Mixture, SideSource.Position)]
    [InlineData(FatMethod.Dixon, SideSource.Position)]
    public void Map_has_the_fat_of_each_measured_pixel_and_nothing_else(FatMethod method, SideSource sides)
    {
        AddSlice("P01_S01", 0, 0.25, noise: method == FatMethod.Dixon ? 0 : 20);
        AddSlice("P01_S02", 1, 0.5, noise: method == FatMethod.Dixon ? 0 : 20);
        string? fat = method == FatMethod.Dixon ? Path.GetDirectoryName(AddFat("P01_S01", null)) : null;
        if (fat is not null)
        {
            AddFat("P01_S02", null);
        }

        var maps = new System.Collections.Concurrent.ConcurrentDictionary<string, FatMap>();
        CompositionResult found = Measure(new CompositionOptions { FatMethod = fat is null ? method : FatMethod.None, FatImagePath = fat, Erosion = 1, SideSource = sides }, map => maps[map.Slice] = map);

        Assert.Equal(["P01_S01", "P01_S02"], maps.Keys.Order());
        foreach (IGrouping<string, RoiComposition> slice in found.Slices.GroupBy(s => s.Slice))
        {
            float[] fractions = maps[slice.Key].Fractions;
            Assert.Equal(slice.Sum(s => s.MeasuredPixels), fractions.Count(f => !float.IsNaN(f)));
            float[] muscle = [.. fractions.Where((f, at) => !float.IsNaN(f) && at / Side < 50)];
            RoiComposition[] rois = [.. slice.Where(s => s.Roi == 1)];
            Assert.Equal(rois.Sum(s => s.FatPercent!.Value * s.MeasuredPixels) / rois.Sum(s => s.MeasuredPixels), 100 * muscle.Average(f => (double)f), 1e-3);
        }

        using var picture = new MemoryStream();
        FatMapPicture.Write(picture, maps["P01_S01"]);
        picture.Position = 0;
        using SKBitmap drawn = SKBitmap.Decode(picture);
        int factor = drawn.Height / Side;
        float fatFraction = maps["P01_S01"].Fractions[(15 * Side) + 30];
        Assert.Equal(FatMapPicture.ColorOf(fatFraction), drawn.GetPixel((30 * factor) + 1, (15 * factor) + 1));
        SKColor outside = drawn.GetPixel(1, 1);
        Assert.Equal((outside.Red, outside.Red), (outside.Green, outside.Blue));
    }

    [Fact]
    public void Agreement_of_fat_is_that_of_the_masks_on_the_same_image()
    {
        for (int patient = 1; patient <= 4; patient++)
        {
            AddSlice($"P0{patient}_S01", patient, 0.1 * patient, lower: 50);
        }

        Directory.Move(Path.Combine(Root, "labels"), Path.Combine(Root, "anna"));
        for (int patient = 1; patient <= 4; patient++)
        {
            AddSlice($"P0{patient}_S01", patient, 0.1 * patient, lower: 40);
        }

        Directory.Move(Path.Combine(Root, "labels"), Path.Combine(Root, "ben"));
        MaskComparisonOptions masks = new() { Paths = [Path.Combine(Root, "anna"), Path.Combine(Root, "ben")], ImagePath = Path.Combine(Root, "dicoms"), LabelNames = ["Muscle", "Fat"], PatientPattern = "^[^_]+", EquivalenceMargin = 200 };

        CompositionComparison found = CompositionAgreement.Compare(masks, new CompositionOptions { FatMethod = FatMethod.Otsu }, cancellationToken: TestContext.Current.CancellationToken);

        // Anna's muscle has 40 rows, Ben's the upper 30 of them, with the same rows of fat: 4 rows for each tenth of Anna's.
        double[] differences = [.. Enumerable.Range(1, 4).Select(patient => (100 * 4 * patient / 30.0) - (10 * patient))];
        RoiAgreement fat = found.Rois.Single(roi => roi is { Roi: 1, Measure: "FatPercent" });
        Assert.Equal(("anna", "ben", "%", 4, 4), (fat.RaterA, fat.RaterB, fat.MeasureUnit, fat.Slices, fat.Patients));
        Assert.Equal(differences.Average(), fat.Bias!.Value, 1e-9);
        Assert.Equal(1.96 * Math.Sqrt(differences.Sum(d => Math.Pow(d - differences.Average(), 2)) / 3), fat.UpperLimit!.Value - fat.Bias.Value, 1e-9);
        Assert.Null(fat.EquivalenceP);
        RoiAgreement lean = found.Rois.Single(roi => roi is { Roi: 1, Measure: "LeanArea" });
        Assert.Equal(("mm²", -10 * 40 * 0.4), (lean.MeasureUnit, Math.Round(lean.Bias!.Value, 9)));
        Assert.NotNull(lean.EquivalenceP);
        Assert.Equal(ErrorIds.FatMethodInvalid, Assert.Throws<MedSegException>(() => CompositionAgreement.Compare(masks with { ImagePath = null }, new CompositionOptions { FatMethod = FatMethod.Otsu }, cancellationToken: TestContext.Current.CancellationToken)).ErrorId);
    }

    private void WriteVolume(string folder, byte[] voxels)
    {
        string path = Path.Combine(Root, folder, "scan.nii");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(0, 0, 0), [new Vector3D(1.5, 0, 0), new Vector3D(0, 0.8, 0), new Vector3D(0, 0, 4)], [4, 3, 2]);
        File.WriteAllBytes(path, [.. header, .. voxels]);
    }
}
