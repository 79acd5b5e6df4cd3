using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Tests.Volumes;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Tests.Inference.Output;

/// <summary>Masks of a volume have its voxels and its header.</summary>
public sealed class VolumeMaskTests : IDisposable
{
    private static readonly float[] s_affine = [0, 0, -3, 12.5f, 0.5f, 0, 0, -8, 0, 0.75f, 0, 1.25f];

    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_volume_becomes_one_mask_of_its_own_shape_and_place()
    {
        // A bright block of 20 × 30 × 2 voxels of 0.5 × 0.75 × 3 mm.
        short[] voxels = new short[64 * 64 * 4];
        for (int i = 0; i < voxels.Length; i++)
        {
            (int x, int y, int z) = (i % 64, i / 64 % 64, i / 4096);
            voxels[i] = x is >= 10 and < 30 && y is >= 20 and < 50 && z is 1 or 2 ? (short)1000 : (short)0;
        }

        var source = new NiftiBytes([64, 64, 4], voxels) { Affine = s_affine, Sizes = [0.5f, 0.75f, 3] };
        source.Save(_folder.Scans, "P01.nii.gz");
        List<string> errors = [];

        List<SegmentedSlice> slices = _folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }, errors);

        Assert.Empty(errors);
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3", "P01_f4"], slices.OrderBy(slice => slice.Frame).Select(slice => slice.Name));
        Assert.All(slices, slice => Assert.Equal(_folder.PathOf("masks", "P01.nii.gz"), slice.MaskPath));
        Assert.Equal([0, 225.0, 225, 0], slices.OrderBy(slice => slice.Frame).Select(slice => slice.Rois[1].Area));
        byte[] written = Unpack(_folder.PathOf("masks", "P01.nii.gz"));
        Assert.Equal(voxels.Select(v => v > 0 ? (byte)2 : (byte)0), written[NiftiBytes.DataOffset..]);
        byte[] header = source.ToHeader();
        Assert.Equal(header[40..56], written[40..56]);
        Assert.Equal(header[76..108], written[76..108]);
        Assert.Equal(header[252..328], written[252..328]);
        Assert.Equal(header[123], written[123]);
        Assert.Equal((2, 8), (BinaryPrimitives.ReadInt16LittleEndian(written.AsSpan(70)), BinaryPrimitives.ReadInt16LittleEndian(written.AsSpan(72))));
        Assert.DoesNotContain("SECRET", Encoding.Latin1.GetString(written), StringComparison.Ordinal);
    }

    [Fact]
    public void An_NRRD_image_becomes_a_NIfTI_mask_at_its_place()
    {
        string header = "NRRD0005\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 64 32 2\nspace directions: (0.5,0,0) (0,-0.75,0) (0,0,4)\nencoding: raw\nspace origin: (10,20,30)\n\n";
        Directory.CreateDirectory(_folder.Scans);
        byte[] voxels = new byte[64 * 32 * 2];
        voxels.AsSpan(64 * 8, 64 * 8).Fill(200);
        File.WriteAllBytes(Path.Combine(_folder.Scans, "P01.nrrd"), [.. Encoding.ASCII.GetBytes(header), .. voxels]);

        Assert.Equal(2, _folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }).Count);

        byte[] written = Unpack(_folder.PathOf("masks", "P01.nii.gz"));
        Assert.Equal([-0.5f, 0, 0, -10, 0, 0.75f, 0, -20, 0, 0, 4, 30], Enumerable.Range(0, 12).Select(i => BinaryPrimitives.ReadSingleLittleEndian(written.AsSpan(280 + (4 * i)))));
        Assert.Equal(Array.ConvertAll(voxels, v => v > 0 ? (byte)2 : (byte)0), written[NiftiBytes.DataOffset..]);
    }

    [Fact]
    public void A_volume_has_no_DICOM_segmentation()
    {
        NiftiBytes.Counting(16, 16, 2).Save(_folder.Scans, "P01.nii");
        List<string> errors = [];

        Assert.Empty(_folder.Run(_folder.Masks with { Format = MaskFormat.DicomSeg }, errors));
        Assert.Equal([ErrorIds.SeriesIdentity], errors);
        Assert.False(Directory.Exists(_folder.Output));
    }

    [Fact]
    public void A_volume_with_a_slice_that_cannot_be_used_leaves_no_file()
    {
        byte[] bytes = NiftiBytes.Counting(16, 16, 2).ToArray();
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(70), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(42), 8);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(^4), float.NaN);
        Directory.CreateDirectory(_folder.Scans);
        File.WriteAllBytes(Path.Combine(_folder.Scans, "P01.nii"), bytes);
        List<string> errors = [];

        Assert.Empty(_folder.Run(_folder.Masks with { Format = MaskFormat.Nifti }, errors));
        Assert.Equal([ErrorIds.ImageNotFinite, ErrorIds.SeriesIncomplete], errors);
        Assert.Equal([Path.Combine(_folder.Scans, "P01.nii")], Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Nibabel_reads_the_same_voxels_affine_codes_and_units()
    {
        const string make = """
            import sys, numpy as np, nibabel as nib
            folder, random = sys.argv[1], np.random.default_rng(2)
            turn = np.array([[.8, -.6, 0], [.6, .8, 0], [0, 0, 1]])
            shapes = [(6, 5, 4), (6, 5, 1), (4, 6, 5, 1), (6, 5)]
            for n in range(32):
                data = random.integers(0, 9, shapes[n % 4]).astype('int16')
                affine = np.eye(4)
                affine[:3, :3] = turn[random.permutation(3)][:, random.permutation(3)] @ np.diag(random.choice([-1, 1], 3) * random.uniform(.4, 4, 3))
                affine[:3, 3] = random.uniform(-100, 100, 3)
                image = (nib.Nifti2Image if n % 2 else nib.Nifti1Image)(data, affine)
                image.header.set_xyzt_units(['mm', 'meter', 'micron', 0][n // 8])
                image.set_qform(affine, int(random.integers(0, 5)))
                image.set_sform(affine, int(random.integers(0, 5)))
                image.header['descrip'] = b'SECRET'
                if n % 5 == 0: image = type(image)(image.dataobj, affine, image.header.as_byteswapped('>'))
                image.to_filename(f'{folder}/v{n:02}.nii' + ('.gz' if n % 3 else ''))
            print('made', n + 1)
            """;
        Directory.CreateDirectory(_folder.Scans);
        Assert.Contains("made 32", OutsideTool.Run("/usr/bin/python3", "-c", make, _folder.Scans), StringComparison.Ordinal);
        foreach (ScanSeries series in ScanFinder.Find([_folder.Scans], recurse: false, new ImageReading(), new EngineEvents { Error = e => throw e }, TestContext.Current.CancellationToken))
        {
            // The masks are the voxels themselves.
            var volume = ImageVolume.Open(series.Slices[0].Path, SliceAxis.Auto);
            using IMaskWriter writer = MaskWriters.Open(series, _folder.Masks with { Format = MaskFormat.Nifti }, ["Outer"]);
            foreach (SourceSlice slice in series.Slices)
            {
                writer.Write(slice, Array.ConvertAll(volume.Read(slice.Frame).Pixels, value => (byte)value));
            }

            writer.Finish();
        }

        const string compare = """
            import sys, glob, os, numpy as np, nibabel as nib
            for path in sorted(glob.glob(sys.argv[1] + '/*')):
                a, b = nib.load(path), nib.load(sys.argv[2] + '/' + os.path.basename(path).split('.')[0] + '.nii.gz')
                assert type(a) is type(b) and a.shape == b.shape and b.get_data_dtype() == np.uint8, (path, type(a), type(b), a.shape, b.shape, b.get_data_dtype())
                assert (np.asanyarray(b.dataobj) == np.asanyarray(a.dataobj)).all(), path
                assert (a.affine == b.affine).all() and a.header.get_xyzt_units() == b.header.get_xyzt_units(), path
                for get in ['get_qform', 'get_sform']:
                    (one, code), (two, other) = getattr(a, get)(coded=True), getattr(b, get)(coded=True)
                    assert code == other and (one is None and two is None or (one == two).all()), path
                assert (a.header['pixdim'] == b.header['pixdim']).all() and b'SECRET' not in bytes(b.header.binaryblock), path
            print('the same', len(glob.glob(sys.argv[2] + '/*')))
            """;
        string compared = OutsideTool.Run("/usr/bin/python3", "-c", compare, _folder.Scans, _folder.Output);
        Assert.True(compared.Contains("the same 32", StringComparison.Ordinal), compared);
    }

    private static byte[] Unpack(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
