using MedSeg.Comparison;
using MedSeg.Data.Demo;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Tests.Comparison;

/// <summary>Masks of two and more raters, compared slice by slice.</summary>
public sealed class MaskComparerTests : IDisposable
{
    private readonly RaterFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void Scores_and_areas_of_a_slice_are_in_mm_with_the_given_spacing()
    {
        _folders.Add("anna", "P01_S01.png", (2, 12, 5, 15, 1));
        _folders.Add("ben", "P01_S01.npy", (2, 12, 10, 20, 1));

        MaskComparisonResult found = Compare(_folders.Options("anna", "ben") with { Spacing = new PixelSpacing(0.5, 2), LabelNames = ["psoas"] });

        MaskScore score = Assert.Single(found.Slices);
        Assert.Equal(("P01_S01", "psoas", "anna", "ben", "mm"), (score.Slice, score.Name, score.RaterA, score.RaterB, score.Unit));
        Assert.Equal((100, 100, 100.0, 100.0), (score.PixelsA, score.PixelsB, score.AreaA, score.AreaB));
        Assert.Equal(0.5, score.Dice!.Value, 1e-12);
        Assert.Equal(50.0 / 150, score.Iou!.Value, 1e-12);

        // The left and right edges are moved by 5 columns of 2 mm; the nearest pixel of the upper and lower ones is nearer.
        Assert.InRange(score.Hausdorff95!.Value, 4, 10);
        Assert.Equal(0, score.AreaDifference);
        Assert.Equal(0, score.AreaDifferencePercent);
    }

    [Fact]
    public void Differences_are_second_minus_first_and_in_pixels_without_spacing()
    {
        _folders.Add("anna", "S01.png", (0, 4, 0, 10, 1));
        _folders.Add("ben", "S01.png", (0, 4, 0, 12, 1));

        MaskComparisonResult found = Compare(_folders.Options("anna", "ben"));

        Assert.Equal(("pixel", 40.0, 48.0, 8.0), (found.Slices[0].Unit, found.Slices[0].AreaA, found.Slices[0].AreaB, found.Slices[0].AreaDifference));
        Assert.Equal(200.0 * 8 / 88, found.Slices[0].AreaDifferencePercent!.Value, 1e-12);
        Assert.Equal((8.0, "ROI 1"), (found.Rois[0].Bias, found.Rois[0].Name));
    }

    [Fact]
    public void ROI_of_one_rater_counts_with_area_0_and_of_none_is_left_out()
    {
        for (int slice = 1; slice <= 4; slice++)
        {
            _folders.Add("anna", $"S0{slice}.png", slice == 4 ? [] : [(0, 5, 0, 10, 1)]);
            _folders.Add("ben", $"S0{slice}.png", slice > 2 ? [(9, 10, 9, 10, 2)] : [(0, 5, 0, 10, 1)]);
        }

        MaskComparisonResult found = Compare(_folders.Options("anna", "ben"));

        RoiAgreement first = found.Rois[0];
        Assert.Equal((3, 1, 0), (first.Slices, first.OnlyA, first.OnlyB));
        Assert.Equal(-50.0 / 3, first.Bias!.Value, 1e-12);
        Assert.Equal(2.0 / 3, first.Dice!.Value, 1e-12);
        Assert.Equal((2, 0, 2), (found.Rois[1].Slices, found.Rois[1].OnlyA, found.Rois[1].OnlyB));
        Assert.Null(found.Slices.Single(s => s is { Slice: "S04", Roi: 1 }).Dice);
    }

    [Fact]
    public void Pattern_or_subfolder_says_the_patient_or_else_the_user_is_warned()
    {
        foreach (string name in (string[])["P01_S01", "P01_S02", "P02_S01"])
        {
            _folders.Add("anna", name + ".png", (0, 5, 0, 10, 1));
            _folders.Add("ben", name + ".png", (0, 5, 0, 9, 1));
            _folders.Add("sub1", name.Replace('_', '/') + ".png", (0, 5, 0, 10, 1));
            _folders.Add("sub2", name.Replace('_', '/') + ".png", (0, 5, 0, 9, 1));
        }

        MaskComparisonResult unknown = Compare(_folders.Options("anna", "ben"));
        MaskComparisonResult pattern = Compare(_folders.Options("anna", "ben") with { PatientPattern = "^([^_]+)_" });
        MaskComparisonResult folder = Compare(_folders.Options("sub1", "sub2") with { Recurse = true });

        Assert.Equal(ErrorIds.PatientUnknown, Assert.Single(unknown.Problems).Code);
        Assert.Equal(3, unknown.Rois[0].Patients);
        Assert.All([pattern, folder], found =>
        {
            Assert.Empty(found.Problems);
            Assert.Equal((3, 2), (found.Rois[0].Slices, found.Rois[0].Patients));
            Assert.Equal(["P01", "P02"], found.Patients.Select(p => p.Patient));
            Assert.Equal([2, 1], found.Patients.Select(p => p.Slices));
            Assert.Equal([50.0, 50], found.Patients.Select(p => p.AreaA));
        });
    }

    [Fact]
    public void Missing_masks_and_other_sizes_are_reported_and_the_rest_is_compared()
    {
        _folders.Add("anna", "S01.png", (0, 5, 0, 10, 1));
        _folders.Add("ben", "s01.npy", (0, 5, 0, 10, 1));
        _folders.Add("anna", "S02.png", (0, 5, 0, 10, 1));
        _folders.Add("ben", "S03.png", (0, 5, 0, 10, 1));
        _folders.Add("anna", "S04.png", (0, 5, 0, 10, 1));
        _folders.Add("ben", "S04.png", 10, 10, (0, 5, 0, 10, 1));
        _folders.Add("anna", "S05.png", (0, 5, 0, 10, 255));
        _folders.Add("ben", "S05.png", (0, 5, 0, 10, 1));

        MaskComparisonResult found = Compare(_folders.Options("anna", "ben"));

        Assert.Equal("S01", Assert.Single(found.Slices).Slice);
        LabelProblem[] errors = [.. found.Problems.Where(p => p.Severity == LabelSeverity.Error)];
        Assert.Equal([ErrorIds.MaskMissing, ErrorIds.MaskMissing, ErrorIds.MaskSizesDiffer, ErrorIds.LabelBinaryMask], errors.Select(p => p.Code));
        Assert.Contains("ben has no mask named S02", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("anna has no mask named S03", errors[1].Message, StringComparison.Ordinal);
        Assert.Contains("10 × 10 pixels, but", errors[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Suffixes_of_each_rater_pair_their_masks_and_files_are_compared_alone()
    {
        _folders.Add("all", "S01_anna.png", (0, 5, 0, 10, 1));
        _folders.Add("other", "S01_ben.png", (0, 5, 0, 10, 1));

        MaskComparisonResult suffixes = Compare(_folders.Options("all", "other") with { MaskSuffixes = ["_anna", "_ben"], RaterNames = ["Anna", "Ben"] });
        MaskComparisonResult files = Compare(_folders.Options("all/S01_anna.png", "other/S01_ben.png"));

        _folders.Add("plain", "S01.png", (0, 5, 0, 10, 1));
        Assert.Equal("S01", Compare(_folders.Options("plain", "other") with { MaskSuffixes = ["_ben"] }).Slices[0].Slice);
        Assert.Equal(("S01", "Anna", "Ben"), (suffixes.Slices[0].Slice, suffixes.Slices[0].RaterA, suffixes.Slices[0].RaterB));
        Assert.Equal(("S01_anna", "S01_anna.png", "S01_ben.png"), (files.Slices[0].Slice, files.Slices[0].RaterA, files.Slices[0].RaterB));
        Assert.Equal(1, files.Slices[0].Dice);
    }

    [Fact]
    public void Several_raters_are_compared_in_pairs_and_together()
    {
        for (int patient = 0; patient < 6; patient++)
        {
            for (int rater = 0; rater < 3; rater++)
            {
                _folders.Add($"r{rater}", $"P{patient}.png", (0, 10, 0, 8 + (2 * patient) + rater, 1));
            }
        }

        MaskComparisonResult found = Compare(_folders.Options("r0", "r1", "r2"));

        Assert.Equal(["r0-r1", "r0-r2", "r1-r2", "all 3-"], found.Rois.Select(r => $"{r.RaterA}-{r.RaterB}"));
        Assert.Equal(18, found.Slices.Count);
        RoiAgreement all = found.Rois[^1];
        Assert.Equal((6, 6, null), (all.Slices, all.Patients, all.Bias));

        // A constant difference between raters leaves consistency whole and lowers agreement: MSR 4200, MSC 600, no error.
        Assert.Equal(1, all.Icc31!.Value, 1e-9);
        Assert.Equal(1400.0 / (1400 + 100), all.Icc21!.Value, 1e-9);
        Assert.Equal(0, all.Sem!.Value, 1e-6);
    }

    [Fact]
    public void Equivalence_is_tested_with_a_margin_in_mm2_or_percent()
    {
        for (int patient = 0; patient < 8; patient++)
        {
            _folders.Add("a", $"P{patient}.png", (0, 10, 0, 10, 1));
            _folders.Add("b", $"P{patient}.png", (0, 10, 0, 10, 1), (10, 11, 0, 1 + (patient % 2), 1));
        }

        MaskComparisonOptions options = _folders.Options("a", "b");

        RoiAgreement margin = Compare(options with { EquivalenceMargin = 5 }).Rois[0];
        RoiAgreement percent = Compare(options with { EquivalencePercent = 1 }).Rois[0];

        Assert.Equal((5.0, true), (margin.EquivalenceMargin, margin.EquivalenceP < 0.001));
        Assert.Equal((1.0, true), (percent.EquivalenceMargin, percent.EquivalenceP > 0.9));
        Assert.Null(Compare(options).Rois[0].EquivalenceP);
    }

    [Fact]
    public void Volumes_are_compared_plane_by_plane_with_their_own_spacing()
    {
        WriteVolume("a", [1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1], 0);
        WriteVolume("b", [1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0], 0);
        WriteVolume("shifted", [1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1], 3);

        MaskComparisonResult found = Compare(_folders.Options("a", "b"));
        var error = Assert.Throws<MedSegException>(() => Compare(_folders.Options("a", "shifted")));

        Assert.Equal(["scan_f1", "scan_f2"], found.Slices.Select(s => s.Slice));
        Assert.All(found.Slices, s => Assert.Equal(("scan", "mm"), (s.Patient, s.Unit)));
        Assert.Equal([2.4, 4.8], found.Slices.Select(s => Math.Round(s.AreaA, 5)));
        Assert.Equal([1, 2.0 * 2 / 6], found.Slices.Select(s => s.Dice!.Value));
        Assert.Equal(ErrorIds.NothingToCompare, error.ErrorId);
        Assert.Contains("not at the places", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_give_spacing_and_patients()
    {
        var demo = DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folders.Root, "demo"), TrainingPatients = 2, HeldOutPatients = 1, SlicesPerPatient = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        string labels = Path.Combine(_folders.Root, "demo", "train", "labels");
        string second = Directory.CreateDirectory(Path.Combine(_folders.Root, "second")).FullName;
        foreach (string path in Directory.GetFiles(labels))
        {
            File.Copy(path, Path.Combine(second, Path.GetFileName(path)));
        }

        MaskComparisonOptions options = new() { Paths = [labels, second], ImagePath = Path.Combine(_folders.Root, "demo", "train", "dicoms"), LabelNames = demo.LabelNames };
        MaskComparisonResult found = Compare(options);

        Assert.Empty(found.Problems);
        Assert.Equal(demo.LabelNames, found.Rois.Select(r => r.Name));
        Assert.All(found.Rois, r => Assert.Equal(("mm", 4, 2, 1.0, 0.0), (r.Unit, r.Slices, r.Patients, r.Dice, r.Bias)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a", "a")]
    public void Fewer_than_two_raters_are_refused(params string[] raters) =>
        Assert.Equal(ErrorIds.RaterInvalid, Assert.Throws<MedSegException>(() => Compare(_folders.Options(raters))).ErrorId);

    [Theory]
    [InlineData("(", "is not a regular expression")]
    [InlineData("^X", "does not match the slice S01")]
    public void Patterns_that_find_no_patient_are_refused(string pattern, string message)
    {
        _folders.Add("a", "S01.png", (0, 5, 0, 10, 1));
        _folders.Add("b", "S01.png", (0, 5, 0, 10, 1));

        var error = Assert.Throws<MedSegException>(() => Compare(_folders.Options("a", "b") with { PatientPattern = pattern }));

        Assert.Equal(ErrorIds.PatientPatternInvalid, error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static MaskComparisonResult Compare(MaskComparisonOptions options) => MaskComparer.Compare(options, cancellationToken: TestContext.Current.CancellationToken);

    // Three columns, two rows and two planes, of 1.5 × 0.8 × 4 mm.
    private void WriteVolume(string rater, byte[] voxels, double offset)
    {
        string path = Path.Combine(_folders.Root, rater, "scan.nii");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(offset, 0, 0), [new Vector3D(1.5, 0, 0), new Vector3D(0, 0.8, 0), new Vector3D(0, 0, 4)], [3, 2, 2]);
        File.WriteAllBytes(path, [.. header, .. voxels]);
    }
}
