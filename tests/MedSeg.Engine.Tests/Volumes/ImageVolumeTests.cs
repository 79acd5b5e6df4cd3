using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>The slices of image volumes have the right voxels, the right way round, at the right place.</summary>
public sealed class ImageVolumeTests : IDisposable
{
    // Voxel (i, j, k) of 4 × 3 × 2 is i + 4 j + 12 k.
    private static readonly NiftiBytes s_counting = NiftiBytes.Counting(4, 3, 2);

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public static TheoryData<string, float[], int[], int, float[], float[]> Orientations { get; } = new()
    {
        // Towards right, front and head, as nibabel and FSL store: columns and rows are mirrored.
        { "RAS", [0.5f, 0, 0, -10, 0, 0.75f, 0, -20, 0, 0, 4, 30], [3, 4], 2, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [8.5f, 18.5f, 30] },

        // Towards left, back and head, as DICOM and ITK: as stored.
        { "LPS", [-0.5f, 0, 0, 10, 0, -0.75f, 0, 20, 0, 0, 4, 30], [3, 4], 2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [-10, -20, 30] },

        // The first axis runs to the back and the second to the left: rows become columns.
        { "PLS", [0, -0.75f, 0, 10, -0.5f, 0, 0, 20, 0, 0, 4, 30], [4, 3], 2, [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], [-10, -20, 30] },

        // Slices from left to right, 4 mm apart: the patient's face on the left, the feet at the bottom.
        { "sagittal", [4, 0, 0, -10, 0, -0.5f, 0, 20, 0, 0, -0.75f, 30], [2, 3], 0, [0, 4, 8, 12, 16, 20], [10, -20, 30] },

        // Slices from the back to the front.
        { "coronal", [-0.5f, 0, 0, 10, 0, 4, 0, -20, 0, 0, -0.75f, 30], [2, 4], 1, [0, 1, 2, 3, 12, 13, 14, 15], [-10, 20, 30] },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Slices_are_shown_as_DICOM_shows_them(string name, float[] affine, int[] size, int axis, float[] first, float[] origin)
    {
        ImageSlice slice = Open(s_counting with { Affine = affine }).Read(0);

        Assert.True(axis == slice.Section!.Across, name);
        Assert.Equal((size[0], size[1]), (slice.Rows, slice.Columns));
        Assert.Equal(first, slice.Pixels);
        Assert.Equal(new Vector3D(origin[0], origin[1], origin[2]), slice.Plane!.Value.Origin);
    }

    [Fact]
    public void Pixel_areas_come_from_the_affine_matrix()
    {
        ImageSlice slice = Open(s_counting with { Affine = [0, -0.75f, 0, 10, -0.5f, 0, 0, 20, 0, 0, 4, 30], Sizes = [9, 9, 9] }).Read(1);

        Assert.Equal(new PixelSpacing(0.5, 0.75), slice.Spacing);
        Assert.Equal((2, 2), (slice.Frame, slice.Frames));
    }

    [Fact]
    public void A_volume_without_a_position_is_cut_as_it_is_stored()
    {
        ImageVolume volume = Open(s_counting with { Sizes = [0.5f, 0.75f, 4] });

        Assert.Equal([12f, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23], volume.Read(1).Pixels);
        Assert.Equal(new PixelSpacing(0.75, 0.5), volume.Read(1).Spacing);
        Assert.Null(volume.Read(1).Plane);
    }

    [Theory]
    [InlineData(SliceAxis.Auto, 2f, 1f, 1f, 0, "largest spacing")]
    [InlineData(SliceAxis.Auto, 1f, 1f, 1f, 2, "no axis has a larger spacing")]
    [InlineData(SliceAxis.Auto, 3f, 3f, 1f, 2, "no axis has a larger spacing")]
    [InlineData(SliceAxis.Auto, 1f, 1.005f, 1f, 2, "no axis has a larger spacing")]
    [InlineData(SliceAxis.Second, 2f, 1f, 1f, 1, "-SliceAxis")]
    [InlineData(SliceAxis.Sagittal, 1f, 1f, 4f, 0, "-SliceAxis")]
    [InlineData(SliceAxis.Axial, 4f, 1f, 1f, 2, "-SliceAxis")]
    public void Slices_follow_the_axis_of_the_largest_spacing_or_the_one_that_is_named(SliceAxis axis, float x, float y, float z, int expected, string reason)
    {
        ImageVolume volume = Open(s_counting with { Affine = [-x, 0, 0, 0, 0, -y, 0, 0, 0, 0, z, 0] }, axis);

        Assert.Equal(expected, volume.Slices.Across);
        Assert.Contains(reason, volume.Slices.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("P01.img", false)]
    [InlineData("P01.img.gz", true)]
    public void The_voxels_of_a_pair_are_in_the_other_file(string image, bool isPacked)
    {
        NiftiBytes pair = s_counting with { IsPair = true };
        File.WriteAllBytes(Path.Combine(_folder, "P01.hdr"), pair.ToHeader()[..348]);
        File.WriteAllBytes(Path.Combine(_folder, image), isPacked ? NiftiBytes.Pack(pair.ToVoxels()) : pair.ToVoxels());

        Assert.Equal(23, ImageVolume.Open(Path.Combine(_folder, "P01.hdr"), SliceAxis.Auto).Read(1).Pixels[^1]);
        Assert.Equal(["P01"], DataFiles.FindImages(_folder, recurse: false, new HashSet<string>(), cancellationToken: TestContext.Current.CancellationToken).Paths.Keys);
        Assert.Equal([Path.Combine(_folder, "P01.hdr"), Path.Combine(_folder, image)], ImageSource.FilesOf(Path.Combine(_folder, "P01.hdr")));
    }

    [Fact]
    public void A_pair_without_its_voxels_names_the_missing_file()
    {
        string path = Path.Combine(_folder, "P01.hdr");
        File.WriteAllBytes(path, (s_counting with { IsPair = true }).ToHeader());

        FileFormatException error = Assert.Throws<FileFormatException>(() => ImageVolume.Open(path, SliceAxis.Auto));

        Assert.Equal("NiftiTruncated", error.ErrorId);
        Assert.Contains("P01.img", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_is_read_without_the_voxels()
    {
        byte[] packed = NiftiBytes.Pack(s_counting.ToArray());
        string path = Path.Combine(_folder, "cut.nii.gz");
        File.WriteAllBytes(path, packed[..^12]);

        Assert.Equal([4, 3, 2], VolumeFile.ReadHeader(path).Geometry.Counts);
        Assert.Throws<FileFormatException>(() => VolumeFile.Read(path));
    }

    [Theory]
    [InlineData("uint8")]
    [InlineData("int8")]
    [InlineData("int16")]
    [InlineData("uint16")]
    [InlineData("int32")]
    [InlineData("float32")]
    [InlineData("float64")]
    [InlineData("int64")]
    public void Nibabel_sees_the_same_voxels_at_the_same_place(string type)
    {
        // Oblique, in all 48 orders and directions of the axes; every axis is the axis across in turn.
        const string script = """
            import sys, itertools, numpy as np, nibabel as nib
            from nibabel import orientations as o
            folder, kind = sys.argv[1:]
            random = np.random.default_rng(1)
            angle = 0.3
            turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, np.cos(.2), -np.sin(.2)], [0, np.sin(.2), np.cos(.2)]])
            n = 0
            for order in itertools.permutations(range(3)):
                for signs in itertools.product([1, -1], repeat=3):
                    axes = np.zeros((3, 3))
                    for i, (a, s) in enumerate(zip(order, signs)): axes[a, i] = s
                    affine = np.eye(4)
                    across = n % 3
                    sizes = np.array([.6, .7, .8]); sizes[across] = 4
                    affine[:3, :3] = turn @ axes @ np.diag(sizes)
                    affine[:3, 3] = random.uniform(-100, 100, 3)
                    data = random.integers(0, 120, (5, 4, 3)).astype(kind)
                    cls = nib.Nifti2Image if n % 2 else nib.Nifti1Image
                    image = cls(data, affine, dtype=kind)
                    if kind == 'uint8': image.header.set_slope_inter(0.5, 3)
                    if n % 4 == 0: image.set_sform(None, 0); image.set_qform(affine, 1)
                    name = f'{folder}/v{n:02}.nii' + ('.gz' if n % 3 else '')
                    image.to_filename(name)
                    back = nib.load(name)
                    own = o.io_orientation(back.affine)
                    ornt = o.ornt_transform(own, o.axcodes2ornt(('L', 'P', 'S')))
                    lps = o.apply_orientation(back.get_fdata(), ornt)
                    patient = int(own[across, 0])
                    slices = np.moveaxis(lps, patient, 0)
                    if ornt[across, 1] < 0: slices = slices[::-1]
                    slices = slices.transpose(0, 2, 1)
                    if patient < 2: slices = slices[:, ::-1]
                    np.save(f'{folder}/v{n:02}.npy', np.ascontiguousarray(slices.astype('float32')))
                    n += 1
            print('made', n)
            """;
        Assert.Contains("made 48", OutsideTool.Run("/usr/bin/python3", "-c", script, _folder, type), StringComparison.Ordinal);
        foreach (string path in Directory.GetFiles(_folder, "*.nii*"))
        {
            var volume = ImageVolume.Open(path, SliceAxis.Auto);
            NpyArray expected = NpyFile.ReadArray(path[..path.IndexOf(".nii", StringComparison.Ordinal)] + ".npy");
            ImageSlice[] slices = [.. Enumerable.Range(0, volume.Slices.Count).Select(i => volume.Read(i))];

            Assert.Equal(string.Join(" ", expected.Shape), $"{slices.Length} {slices[0].Rows} {slices[0].Columns}");
            Assert.Equal(expected.Floats, slices.SelectMany(slice => slice.Pixels));
        }
    }

    private ImageVolume Open(NiftiBytes bytes, SliceAxis axis = SliceAxis.Auto) => ImageVolume.Open(bytes.Save(_folder, "x.nii.gz"), axis);
}
