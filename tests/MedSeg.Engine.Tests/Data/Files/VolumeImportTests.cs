using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Volumes;
using MedSeg.Threading;

namespace MedSeg.Tests.Data.Files;

/// <summary>Whole imports of image volumes that are not DICOM, with their labels.</summary>
public sealed class VolumeImportTests : IDisposable
{
    // Towards right, front and head; 0.5 × 0.75 × 4 mm.
    private static readonly float[] s_ras = [0.5f, 0, 0, -10, 0, 0.75f, 0, -20, 0, 0, 4, 30];

    // The same voxels stored towards left, back and feet: the first voxel is the last of the other.
    private static readonly float[] s_lpi = [-0.5f, 0, 0, -2.5f, 0, -0.75f, 0, -11, 0, 0, -4, 38];

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly List<string> _decisions = [];

    private static NiftiBytes Image => NiftiBytes.Counting(16, 13, 3) with { Affine = s_ras };

    // ROI 1: 3 × 2 pixels of slice 2; ROI 2: 4 pixels of slice 3.
    private static NiftiBytes Labels => Image with
    {
        Voxels = [.. Enumerable.Range(0, 16 * 13 * 3).Select(i => (i % 16, i / 16 % 13, i / 208) switch
        {
            (>= 2 and < 5, >= 1 and < 3, 1) => (short)1,
            (>= 8 and < 12, 7, 2) => (short)2,
            _ => (short)0,
        })],
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nii.gz", "nii.gz", false)]
    [InlineData("nii", "nii.gz", true)]
    public void A_volume_and_its_labels_become_slices(string image, string labels, bool isTurned)
    {
        Image.Save(_folder, "images", $"P01.{image}");
        NiftiBytes mask = isTurned ? Labels with { Affine = s_lpi, Voxels = [.. Labels.Voxels.Reverse()] } : Labels;
        mask.Save(_folder, "labels", $"P01.{labels}");

        Dataset dataset = Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3"], dataset.Samples.Select(s => s.Name));
        Assert.Equal([[208, 0, 0], [202, 6, 0], [204, 0, 4]], dataset.Samples.Select(s => s.RoiPixels));
        Assert.All(dataset.Samples, s => Assert.Equal((13, 16, new PixelSpacing(0.75, 0.5)), (s.Rows, s.Columns, s.Spacing)));
        Assert.Single(dataset.Samples.Select(s => s.Patient).Distinct());
        Assert.Contains("1 volume is cut into slices along the third axis, which has the largest spacing", Assert.Single(_decisions), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_stay_on_their_voxels_when_slices_are_mirrored()
    {
        Image.Save(_folder, "images", "P01.nii");
        Labels.Save(_folder, "labels", "P01.nii");

        Sample sample = Import().Samples[1];

        // Columns 2 to 4 of 16 and rows 1 and 2 of 13, mirrored.
        byte[] truth = sample.Pixels!.ReadTruth().Unpack();
        Assert.Equal(
            Enumerable.Range(0, 208).Where(i => i % 16 is >= 11 and <= 13 && i / 16 is 10 or 11),
            Enumerable.Range(0, 208).Where(i => truth[i] == 1));
    }

    [Fact]
    public void Volumes_without_a_position_are_matched_by_their_size()
    {
        (Image with { Affine = null, Sizes = [0.5f, 0.75f, 4] }).Save(_folder, "images", "P01.nii");
        (Labels with { Affine = null }).Save(_folder, "labels", "P01.nii");

        Assert.Equal([[208, 0, 0], [202, 6, 0], [204, 0, 4]], Import().Samples.Select(s => s.RoiPixels));

        NiftiBytes.Counting(13, 16, 3).Save(_folder, "labels", "P01.nii");
        Assert.All(Import(["One"]).Samples, sample => Assert.Equal(ErrorIds.LabelSizeMismatch, sample.Problems[0].Code));
    }

    [Fact]
    public void Labels_at_another_place_are_refused_and_the_affine_is_named()
    {
        Image.Save(_folder, "images", "P01.nii");
        (Labels with { Affine = [1, 0, 0, 500, 0, 1, 0, 0, 0, 0, 1, 0] }).Save(_folder, "labels", "P01.nii");

        Sample[] samples = [.. Import(["One", "Two"]).Samples];

        Assert.All(samples, sample => Assert.Equal(ErrorIds.LabelOutsideVolume, Assert.Single(sample.Problems).Code));
        Assert.Contains("affine", samples[0].Problems[0].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_that_is_no_volume_is_refused()
    {
        Image.Save(_folder, "images", "P01.nii");
        Directory.CreateDirectory(Path.Combine(_folder, "labels"));
        using (FileStream stream = File.Create(Path.Combine(_folder, "labels", "P01.npy")))
        {
            NpyFile.Write(stream, 13, 16, new byte[208]);
        }

        LabelProblem problem = Assert.Single(Assert.Single(Import(["One"]).Samples).Problems);

        Assert.Equal(ErrorIds.LabelVolume, problem.Code);
        Assert.Contains("P01.npy: The image P01.nii is a volume, but the mask is not.", problem.Message, StringComparison.Ordinal);
        Assert.Contains("NIfTI", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_volume_is_a_patient_unless_BIDS_names_the_subject()
    {
        foreach (string name in (string[])["sub-01/anat/sub-01_ses-1_T2w.nii.gz", "sub-01/anat/sub-01_ses-2_T2w.nii.gz", "sub-02/anat/sub-02_T2w.nii.gz", "P01/T2.nii", "P02/T2.nii"])
        {
            Image.Save(_folder, "images", name);
            Labels.Save(_folder, "labels", name);
        }

        ILookup<string, string> patients = Import(recurse: true).Samples.Where(s => s.Name.EndsWith("_f1", StringComparison.Ordinal)).ToLookup(s => s.Patient, s => s.Name);

        Assert.Equal(4, patients.Count);
        Assert.Equal(["sub-01/anat/sub-01_ses-1_T2w_f1", "sub-01/anat/sub-01_ses-2_T2w_f1"], patients.Single(group => group.Count() > 1));
    }

    [Fact]
    public void Masks_in_the_folder_of_the_images_are_told_by_their_suffix()
    {
        Image.Save(_folder, "images", "P01.nii");
        Labels.Save(_folder, "images", "P01_seg.nii");

        Dataset dataset = Import(labels: "images", suffix: "_seg");

        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3"], dataset.Samples.Select(s => s.Name));
    }

    [Fact]
    public void Volumes_among_DICOM_files_are_skipped_and_mentioned()
    {
        using SmallScan scan = new SmallScan().AddSeries(1).AddMask("S00.png", SmallScan.Mask(0));
        Image.Save(scan.Dicoms, "copy.nii.gz");

        Dataset dataset = DatasetImporter.Import(
            new DatasetOptions { DicomPath = scan.Dicoms, LabelPath = scan.Labels, InputSize = 16 }, new EngineEvents { Decision = _decisions.Add }, TestContext.Current.CancellationToken);

        Assert.Equal(["S00"], dataset.Samples.Select(s => s.Name));
        Assert.Contains(dataset.PassedOver, path => path.EndsWith("copy.nii.gz", StringComparison.Ordinal));
        Assert.Contains("copy.nii.gz", Assert.Single(_decisions), StringComparison.Ordinal);
    }

    [Fact]
    public void The_axis_can_be_chosen()
    {
        Image.Save(_folder, "images", "P01.nii");
        Labels.Save(_folder, "labels", "P01.nii");

        Dataset dataset = Import(axis: SliceAxis.Coronal);

        Assert.Equal(13, dataset.Samples.Count);
        Assert.Equal((3, 16), (dataset.Samples[0].Rows, dataset.Samples[0].Columns));
        Assert.Equal([0L, 3, 3, 0], dataset.Samples.Take(4).Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void A_changed_volume_of_a_pair_is_read_again()
    {
        NiftiBytes pair = Image with { IsPair = true };
        Directory.CreateDirectory(Path.Combine(_folder, "images"));
        File.WriteAllBytes(Path.Combine(_folder, "images", "P01.hdr"), pair.ToHeader());
        string voxels = Path.Combine(_folder, "images", "P01.img");
        File.WriteAllBytes(voxels, pair.ToVoxels());
        Labels.Save(_folder, "labels", "P01.nii.gz");
        var options = new DatasetOptions { DicomPath = Path.Combine(_folder, "images"), LabelPath = Path.Combine(_folder, "labels"), InputSize = 16, Cache = DatasetCache.Disk };
        Dataset Read() => DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(1, Read().Cache!.Decoded);
        Assert.Equal(1, Read().Cache!.Taken);

        byte[] changed = pair.ToVoxels();
        changed[0] = 9;
        File.WriteAllBytes(voxels, changed);

        Assert.Equal(1, Read().Cache!.Decoded);
    }

    private Dataset Import(string[]? names = null, bool recurse = false, string labels = "labels", string suffix = "", SliceAxis axis = SliceAxis.Auto) => DatasetImporter.Import(
        new DatasetOptions
        {
            DicomPath = Path.Combine(_folder, "images"),
            LabelPath = Path.Combine(_folder, labels),
            InputSize = 16,
            LabelNames = names ?? [],
            Recurse = recurse,
            MaskSuffix = suffix,
            SliceAxis = axis,
        },
        new EngineEvents { Decision = _decisions.Add },
        TestContext.Current.CancellationToken);
}
