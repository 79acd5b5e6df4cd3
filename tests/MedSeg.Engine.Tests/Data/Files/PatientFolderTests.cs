using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Tests.Data.Files;

/// <summary>Data sets with a folder for each patient, and those of BIDS.</summary>
public sealed class PatientFolderTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void Folders_of_patients_are_imported_as_they_stand()
    {
        AddVolume("P01/images/scan.nii");
        AddVolume("P01/labels/scan.nii", isLabel: true);
        AddVolume("site/P02/images/scan.nii");
        AddVolume("site/P02/masks/scan.nii", isLabel: true);
        AddVolume("P03/images/scan.nii");
        Directory.CreateDirectory(Path.Combine(_scan.Folder, "P03", "labels"));

        Dataset dataset = Import();

        Assert.Equal(["P01/scan_f1", "P01/scan_f2", "P01/scan_f3", "site/P02/scan_f1", "site/P02/scan_f2", "site/P02/scan_f3"], dataset.Samples.Where(s => s.IsUsable).Select(s => s.Name));
        Assert.Equal(2, dataset.Patients);
        Assert.Equal(SampleSelection.HashOf("P01"), dataset.Samples[0].Patient);
        Sample refused = dataset.Samples.Single(sample => !sample.IsUsable);
        Assert.Equal(("P03", ErrorIds.FolderEmpty), (refused.Name, Assert.Single(refused.Problems).Code));
        Assert.Equal(SmallScan.PixelsOf(1), dataset.Samples[1].RoiPixels);
    }

    [Theory]
    [InlineData("train", "heldout")]
    [InlineData("train", "held-out/P02")]
    [InlineData("Training/P01", "Validation/P02")]
    [InlineData("tr", "ts")]
    public void Folders_for_training_and_testing_are_not_patients(string training, string heldOut)
    {
        foreach (string folder in (string[])["A", training, heldOut])
        {
            AddVolume($"{folder}/images/scan.nii");
            AddVolume($"{folder}/labels/scan.nii", isLabel: true);
        }

        MedSegException error = Assert.Throws<MedSegException>(() => Import());

        Assert.Equal(ErrorIds.FolderIsSplit, error.ErrorId);
        Assert.Contains($"'{training.Split('/')[0]}', and one that is held out, '{heldOut.Split('/')[0]}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_scan.Folder, training.Split('/')[0]), error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("P01", "test")]
    [InlineData("trained", "tested")]
    public void Folders_with_other_names_are_patients(string first, string second)
    {
        foreach (string folder in (string[])[first, second])
        {
            AddVolume($"{folder}/images/scan.nii");
            AddVolume($"{folder}/labels/scan.nii", isLabel: true);
        }

        Assert.Equal(2, Import().Patients);
    }

    [Fact]
    public void A_series_of_a_patient_finds_the_only_volume()
    {
        for (int k = 0; k < 3; k++)
        {
            SmallScan.Write(Path.Combine(_scan.Folder, "P01", "images", $"IM{k}"), new SmallSlice { Number = k, Z = 3 * k }.ToBytes());
        }

        AddVolume("P01/labels/psoas.nii", isLabel: true);

        Dataset dataset = Import();

        Assert.Equal(["P01/IM0", "P01/IM1", "P01/IM2"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(3, dataset.Count);
    }

    [Fact]
    public void Patterns_find_the_folders_of_patients_and_sessions()
    {
        AddVolume("raw/P01/2023/T2/scan.nii");
        AddVolume("raw/P01/2024/t2/scan.nii");
        AddVolume("raw/P02/2024/T2/scan.nii");
        AddVolume("raw/P03/2024/T2/scan.nii");
        AddVolume("raw/P01/2024/T1/scan.nii");
        AddVolume("drawn/2023-P01/scan.nii", isLabel: true);
        AddVolume("drawn/2024-P01/scan.nii", isLabel: true);
        AddVolume("drawn/2024-p02/scan.nii", isLabel: true);

        DatasetFolder folder = DatasetFolder.OfPattern(_scan.Folder, @"raw\{Patient}\{session}\T2", "drawn/{session}-{patient}/");
        Dataset dataset = Import(folder);

        Assert.Equal(["P01/2023/scan_f1", "P01/2024/scan_f1", "P02/2024/scan_f1"], dataset.Samples.Where(s => s.Name.EndsWith("f1", StringComparison.Ordinal)).Select(s => s.Name));
        Assert.Equal((9, 2), (dataset.Count, dataset.Patients));
        Assert.Equal([SampleSelection.HashOf("P01"), SampleSelection.HashOf("P02")], dataset.Samples.Select(s => s.Patient).Distinct());
        Assert.Contains("1 of 4 folders of images have no folder of masks", folder.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_patient_of_a_pattern_is_right_even_for_DICOM()
    {
        foreach (string patient in (string[])["P01", "P02"])
        {
            SmallScan.Write(Path.Combine(_scan.Folder, patient, "T2", "IM0"), new SmallSlice { Patient = "ANONYMOUS" }.ToBytes());
            AddVolume($"{patient}/masks/psoas.nii", isLabel: true);
        }

        Assert.Equal(2, Import(DatasetFolder.OfPattern(_scan.Folder, "{patient}/T2", "{patient}/masks")).Patients);
    }

    [Theory]
    [InlineData("FolderPatternInvalid", "{session}/images", "{session}/labels", "no {patient}")]
    [InlineData("FolderPatternInvalid", "{patient}/{patient}", "{patient}/labels", "twice")]
    [InlineData("FolderPatternInvalid", "../{patient}", "{patient}/labels", "not a path below")]
    [InlineData("FolderPatternInvalid", "{patient}/{}", "{patient}/labels", "not a path below")]
    [InlineData("FolderPatternInvalid", "{patient}/images", "{patient}/{rater}", "2 folders of masks")]
    [InlineData("FolderNotFound", "{patient}/nowhere", "{patient}/a", "No folder of images matches '{patient}/nowhere'")]
    [InlineData("FolderNotFound", "{patient}/images", "{patient}/c", "1 folders of images match")]
    public void Patterns_that_find_no_pairs_are_refused(string errorId, string images, string labels, string finding)
    {
        AddVolume("P01/images/scan.nii");
        AddVolume("P01/a/scan.nii", isLabel: true);

        MedSegException error = Assert.Throws<MedSegException>(() => DatasetFolder.OfPattern(_scan.Folder, images, labels));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(finding, error.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void BIDS_is_imported_as_it_stands()
    {
        AddVolume("sub-01/anat/sub-01_T2w.nii");
        AddVolume("sub-01/anat/sub-01_T1w.nii");
        AddVolume("sub-02/ses-1/anat/sub-02_ses-1_acq-ax_T2w.nii");
        AddVolume("sub-02/ses-2/anat/sub-02_ses-2_acq-ax_T2w.nii");
        AddVolume("derivatives/labels/sub-01/anat/sub-01_T2w_dseg.nii", isLabel: true);
        AddVolume("derivatives/labels/sub-02/ses-2/anat/sub-02_ses-2_acq-ax_label-muscle_dseg.nii", isLabel: true);
        AddVolume("derivatives/prep/sub-01/anat/sub-01_desc-preproc_T2w.nii");

        DatasetFolder folder = DatasetFolder.Find(_scan.Folder);
        Dataset dataset = Import();

        Assert.Equal(["sub-01/anat/sub-01_T2w", "sub-02/ses-2/anat/sub-02_ses-2_acq-ax_T2w"], folder.Pairs.Select(pair => pair.Name));
        Assert.Contains("2 images have no label map", folder.Note, StringComparison.Ordinal);
        Assert.Equal((6, 2), (dataset.Count, dataset.Patients));
        Assert.Equal(SampleSelection.HashOf("sub-01"), dataset.Samples[0].Patient);
    }

    [Fact]
    public void Several_label_maps_of_an_image_are_an_error_unless_one_is_chosen()
    {
        AddVolume("sub-01/anat/sub-01_T2w.nii");
        AddVolume("derivatives/a/sub-01/anat/sub-01_T2w_label-muscle_dseg.nii", isLabel: true);
        AddVolume("derivatives/a/sub-01/anat/sub-01_T2w_label-bone_dseg.nii", isLabel: true);

        MedSegException error = Assert.Throws<MedSegException>(() => DatasetFolder.Find(_scan.Folder));

        Assert.Equal(ErrorIds.LabelVolumeAmbiguous, error.ErrorId);
        Assert.Contains("2 label maps: sub-01_T2w_label-bone_dseg.nii, sub-01_T2w_label-muscle_dseg.nii", error.Finding, StringComparison.Ordinal);
        Assert.Contains("-MaskSuffix '_label-bone_dseg'", error.Advice, StringComparison.Ordinal);
        Assert.EndsWith("muscle_dseg.nii", Assert.Single(DatasetFolder.Find(_scan.Folder, "_label-muscle_dseg").Pairs).LabelPath, StringComparison.Ordinal);
    }

    private Dataset Import() => Import(DatasetFolder.Find(_scan.Folder));

    private static Dataset Import(DatasetFolder folder) =>
        DatasetImporter.Import(new DatasetOptions { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, Pairs = folder.Pairs, PatientFolders = folder.PatientFolders, InputSize = 32, LabelNames = ["A", "B"] });

    private void AddVolume(string name, bool isLabel = false)
    {
        byte[] header = MedSeg.Volumes.NiftiHeaderWriter.Create(new(-10, -20, 30), [new(0.7, 0, 0), new(0, 0.8, 0), new(0, 0, 3)], [SmallScan.Columns, SmallScan.Rows, 3]);
        byte[] voxels = [.. Enumerable.Range(0, 3).SelectMany(k => isLabel ? SmallScan.Mask(k) : SmallScan.Mask(k).Select((v, i) => (byte)((v * 50) + (i % 7))))];
        SmallScan.Write(Path.Combine([_scan.Folder, .. name.Split('/')]), [.. header, .. voxels]);
    }
}
