using System.IO.Compression;
using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>NRRD and MetaImage, whose headers are text.</summary>
public sealed class TextVolumeTests : IDisposable
{
    private const string Nrrd = """
        NRRD0005
        # Complete NRRD file format specification at:
        type: {type}
        dimension: 3
        space: left-posterior-superior
        sizes: 4 3 2
        space directions: (0.5,0,0) (0,0.75,0) (0,0,4)
        kinds: domain domain domain
        endian: {endian}
        encoding: {encoding}
        space origin: (10,20,30)


        """;

    private const string Meta = """
        ObjectType = Image
        NDims = 3
        BinaryData = True
        BinaryDataByteOrderMSB = {endian}
        CompressedData = {compressed}
        TransformMatrix = 1 0 0 0 1 0 0 0 1
        Offset = 10 20 30
        ElementSpacing = 0.5 0.75 4
        DimSize = 4 3 2
        ElementType = {type}
        ElementDataFile = {file}

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("short", "little", "raw")]
    [InlineData("short", "big", "gzip")]
    [InlineData("unsigned short", "big", "raw")]
    [InlineData("uint8", "little", "gz")]
    public void NRRD_has_its_voxels_at_their_place(string type, string endian, string encoding)
    {
        byte[] voxels = Voxels(type == "uint8" ? 1 : 2, endian == "big");
        string header = Nrrd.Replace("{type}", type, StringComparison.Ordinal).Replace("{endian}", endian, StringComparison.Ordinal).Replace("{encoding}", encoding, StringComparison.Ordinal);

        RequireCounting(Save("P01.nrrd", header, encoding == "raw" ? voxels : NiftiBytes.Pack(voxels)));
        RequireCounting(Save("P02.nrrd", header.Replace("\n", "\r\n", StringComparison.Ordinal), encoding == "raw" ? voxels : NiftiBytes.Pack(voxels)));
    }

    [Theory]
    [InlineData("MET_SHORT", "False", "False", "LOCAL")]
    [InlineData("MET_SHORT", "True", "True", "LOCAL")]
    [InlineData("MET_UCHAR", "False", "False", "P01.raw")]
    [InlineData("MET_USHORT", "False", "True", "P01.zraw")]
    public void MetaImage_has_its_voxels_at_their_place(string type, string endian, string compressed, string file)
    {
        byte[] voxels = Voxels(type == "MET_UCHAR" ? 1 : 2, endian == "True");
        voxels = compressed == "True" ? PackZlib(voxels) : voxels;
        string header = Meta.Replace("{type}", type, StringComparison.Ordinal).Replace("{endian}", endian, StringComparison.Ordinal).Replace("{compressed}", compressed, StringComparison.Ordinal).Replace("{file}", file, StringComparison.Ordinal);
        string path = Save(file == "LOCAL" ? "P01.mha" : "P01.mhd", header, file == "LOCAL" ? voxels : []);
        if (file != "LOCAL")
        {
            File.WriteAllBytes(Path.Combine(_folder, file), voxels);
        }

        RequireCounting(path);
    }

    [Fact]
    public void A_detached_NRRD_header_names_its_voxels()
    {
        string header = Nrrd.Replace("{type}", "uchar", StringComparison.Ordinal).Replace("{endian}", "little", StringComparison.Ordinal).Replace("{encoding}", "raw\ndata file: P01.raw\nbyte skip: 3", StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_folder, "P01.raw"), [9, 9, 9, .. Voxels(1, false)]);

        RequireCounting(Save("P01.nhdr", header, []));
    }

    [Theory]
    [InlineData("right-anterior-superior", "(-0.5,0,0) (0,-0.75,0) (0,0,4)", "(-10,-20,30)")]
    [InlineData("LAS", "(0.5,0,0) (0,-0.75,0) (0,0,4)", "(10,-20,30)")]
    public void Spaces_of_NRRD_are_turned_into_that_of_DICOM(string space, string directions, string origin)
    {
        string header = Nrrd.Replace("{type}", "uchar", StringComparison.Ordinal).Replace("{endian}", "little", StringComparison.Ordinal).Replace("{encoding}", "raw", StringComparison.Ordinal)
            .Replace("left-posterior-superior", space, StringComparison.Ordinal).Replace("(0.5,0,0) (0,0.75,0) (0,0,4)", directions, StringComparison.Ordinal).Replace("(10,20,30)", origin, StringComparison.Ordinal);

        RequireCounting(Save("P01.nrrd", header, Voxels(1, false)));
    }

    [Fact]
    public void An_NRRD_without_a_space_has_its_spacings()
    {
        const string header = "NRRD0001\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nspacings: 0.5 0.75 4\nencoding: raw\n\n";

        ImageSlice slice = ImageVolume.Open(Save("P01.nrrd", header, Voxels(1, false)), SliceAxis.Auto).Read(1);

        Assert.Equal(new PixelSpacing(0.75, 0.5), slice.Spacing);
        Assert.Equal(12, slice.Pixels[0]);
        Assert.Null(slice.Plane);
    }

    [Theory]
    [InlineData("P01.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: base64\n\n", "VolumeUnsupported", "base64")]
    [InlineData("P01.nrrd", "NRRD0005\ntype: uchar\ndimension: 4\nsizes: 3 4 3 2\nkinds: RGB-color domain domain domain\nencoding: raw\n\n", "VolumeUnsupported", "3 numbers for each voxel")]
    [InlineData("P01.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3 200\nencoding: raw\n\n", "VolumeTruncated", "2,400 bytes")]
    [InlineData("P01.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3\nencoding: raw\n\n", "VolumeInvalid", "4 3")]
    [InlineData("P01.nhdr", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: raw\ndata file: ../secret.raw\n\n", "VolumeUnsupported", "../secret.raw")]
    [InlineData("P01.mhd", "ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\nElementDataFile = missing.raw\n", "VolumeInvalid", "missing.raw")]
    [InlineData("P01.mha", "ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementNumberOfChannels = 3\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n", "VolumeUnsupported", "several channels")]
    [InlineData("P01.mha", "ObjectType = Image\nNDims = 3\n", "VolumeInvalid", "ElementDataFile")]
    public void What_cannot_be_read_is_refused_by_name(string name, string header, string errorId, string inMessage)
    {
        string path = Save(name, header, new byte[72]);

        FileFormatException error = Assert.Throws<FileFormatException>(() => ImageVolume.Open(path, SliceAxis.Auto));

        Assert.Equal(errorId, error.ErrorId);
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_of_Slicer_have_names_and_layers()
    {
        Save("images/P01.nrrd", SlicerHeader(3, "4 3 2", ""), Voxels(1, false));
        string segments = """
            Segment0_ID:=Segment_1
            Segment0_LabelValue:=1
            Segment0_Layer:=0
            Segment0_Name:=L psoas
            Segment1_ID:=Segment_2
            Segment1_LabelValue:=1
            Segment1_Layer:=1
            Segment1_Name:=R psoas

            """;

        // Layer 0 has voxel 1, layer 1 voxel 14; layers of a voxel follow each other.
        byte[] layers = new byte[48];
        (layers[2], layers[29]) = (1, 1);
        Save("labels/P01.seg.nrrd", SlicerHeader(4, "2 4 3 2", segments), layers);

        Dataset dataset = Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(["L psoas", "R psoas"], dataset.LabelNames);
        Assert.Equal([[11, 1, 0], [11, 0, 1]], dataset.Samples.Select(sample => sample.RoiPixels));

        layers[28] = 1;
        Save("labels/P01.seg.nrrd", SlicerHeader(4, "2 4 3 2", segments), layers);
        LabelProblem overlap = Assert.Single(Import().Samples[1].Problems);
        Assert.Equal(ErrorIds.LabelOverlap, overlap.Code);
        Assert.Contains("'L psoas'", overlap.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("itk_lps.nrrd")]
    [InlineData("itk_pir.nrrd")]
    [InlineData("itk_sal.nrrd")]
    [InlineData("itk_lps.mha")]
    [InlineData("itk_pir.mha")]
    [InlineData("itk_sal.mha")]
    [InlineData("itk_sal_zlib.mha")]
    [InlineData("teem_raw_big.nrrd")]
    [InlineData("teem_bzip2.nrrd")]
    [InlineData("teem_text.nrrd")]
    [InlineData("slicer_pir.seg.nrrd")]
    public void Slices_of_DICOM_find_their_labels_by_position(string name)
    {
        LabelVolume volume = VolumeData.Open(name);
        for (int k = 0; k < VolumeData.Slices; k++)
        {
            SliceLabels slice = volume.Slice(VolumeData.Series[k]);

            Assert.True(slice.IsMatched);
            Assert.Empty(slice.Problems);
            Assert.Equal(VolumeData.LabelsOf(k), slice.Mask.Values);
        }

        Assert.Equal(0, volume.CountUnseen());
    }

    [Fact]
    public void Segments_are_mapped_by_their_names()
    {
        LabelVolume volume = VolumeData.Open("slicer_pir.seg.nrrd", map: null, "R psoas", "L4", "L psoas");

        Assert.Equal(Array.ConvertAll(VolumeData.LabelsOf(2), v => v switch { 1 => 3f, 2 => 1f, 3 => 2f, _ => 0 }), volume.Slice(VolumeData.Series[2]).Mask.Values);
        Assert.Equal("LabelSegmentUnknown", Assert.Throws<FileFormatException>(() => VolumeData.Open("slicer_pir.seg.nrrd", map: null, "L psoas")).ErrorId);
    }

    [Fact]
    public void Segments_in_one_layer_are_numbered_by_their_values()
    {
        Save("images/P01.nrrd", SlicerHeader(3, "4 3 2", ""), Voxels(1, false));
        byte[] labels = new byte[24];
        (labels[0], labels[5], labels[23]) = (1, 2, 2);
        Save("labels/P01.seg.nrrd", SlicerHeader(3, "4 3 2", "Segment0_ID:=a\nSegment0_LabelValue:=2\nSegment0_Layer:=0\nSegment0_Name:=Two\nSegment1_ID:=b\nSegment1_LabelValue:=1\nSegment1_Layer:=0\nSegment1_Name:=One\n"), labels);

        Dataset dataset = Import();

        Assert.Equal(["One", "Two"], dataset.LabelNames);
        Assert.Equal([[10, 1, 1], [11, 0, 1]], dataset.Samples.Select(sample => sample.RoiPixels));
    }

    [Fact]
    public void ITK_writes_the_same_volume_as_NIfTI_NRRD_and_MetaImage()
    {
        const string script = """
            import sys, subprocess, numpy as np, nibabel as nib
            folder, random = sys.argv[1], np.random.default_rng(4)
            turn = np.array([[.8, -.6, 0], [.6, .8, 0], [0, 0, 1]])
            for n in range(6):
                affine = np.eye(4)
                affine[:3, :3] = turn[random.permutation(3)][:, random.permutation(3)] @ np.diag(random.choice([-1, 1], 3) * [.5, .75, 4])
                affine[:3, 3] = random.uniform(-100, 100, 3)
                nib.Nifti1Image(random.integers(-100, 1000, (6, 5, 4)).astype(['int16', 'float32', 'int32'][n % 3]), affine).to_filename(f'{folder}/v{n}.nii.gz')
            print('made', n + 1)
            """;
        Assert.Contains("made 6", OutsideTool.Run("/usr/bin/python3", "-c", script, _folder), StringComparison.Ordinal);
        foreach (string path in Directory.GetFiles(_folder, "*.nii.gz"))
        {
            var expected = ImageVolume.Open(path, SliceAxis.Third);
            foreach (string extension in (string[])[".nrrd", ".mha", ".mhd", ".nhdr"])
            {
                string other = path.Replace(".nii.gz", extension, StringComparison.Ordinal);
                OutsideTool.Run("plastimatch", "convert", "--input", path, "--output-img", other);
                var volume = ImageVolume.Open(other, SliceAxis.Third);
                for (int slice = 0; slice < expected.Slices.Count; slice++)
                {
                    Assert.Equal(expected.Read(slice).Pixels, volume.Read(slice).Pixels);
                    Assert.InRange((expected.Read(slice).Plane!.Value.Centre - volume.Read(slice).Plane!.Value.Centre).Length, 0, 1e-4);
                }
            }
        }
    }

    private static string SlicerHeader(int dimension, string sizes, string segments) => $"""
        NRRD0004
        type: unsigned char
        dimension: {dimension}
        space: left-posterior-superior
        sizes: {sizes}
        space directions: {(dimension == 4 ? "none " : "")}(0.5,0,0) (0,0.75,0) (0,0,4)
        kinds: {(dimension == 4 ? "list " : "")}domain domain domain
        encoding: raw
        space origin: (10,20,30)
        {segments}

        """;

    private static byte[] Voxels(int size, bool isBigEndian) =>
        [.. Enumerable.Range(0, 24).SelectMany(i => size == 1 ? (byte[])[(byte)i] : isBigEndian ? [0, (byte)i] : [(byte)i, 0])];

    private static byte[] PackZlib(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return packed.ToArray();
    }

    private static void RequireCounting(string path)
    {
        var volume = ImageVolume.Open(path, SliceAxis.Auto);
        ImageSlice slice = volume.Read(1);

        Assert.Equal(Enumerable.Range(12, 12).Select(i => (float)i), slice.Pixels);
        Assert.Equal((3, 4, new PixelSpacing(0.75, 0.5)), (slice.Rows, slice.Columns, slice.Spacing));
        Assert.Equal(new Vector3D(10, 20, 34), slice.Plane!.Value.Origin);
        Assert.Equal(volume.Header.Geometry.Counts, VolumeFile.ReadHeader(path).Geometry.Counts);
    }

    private string Save(string name, string header, byte[] voxels)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes(header), .. voxels]);
        return path;
    }

    private Dataset Import() => DatasetImporter.Import(
        new DatasetOptions { DicomPath = Path.Combine(_folder, "images"), LabelPath = Path.Combine(_folder, "labels"), InputSize = 16 }, cancellationToken: TestContext.Current.CancellationToken);
}
