using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Volumes that are larger than the memory for one file.</summary>
public sealed class LargeVolumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_volume_of_2_GB_is_read_slice_by_slice()
    {
        // A sparse file: 1024 × 1024 × 1030 numbers of 16 bits.
        const int side = 1024;
        const int count = 1030;
        string path = Path.Combine(_folder, "large.nii");
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(0, 0, 0), [new(1, 0, 0), new(0, 1, 0), new(0, 0, 2)], [side, side, count]);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(70), 4);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(72), 16);
        using (FileStream file = File.Create(path))
        {
            file.Write(header);
            file.SetLength(header.Length + (2L * side * side * count));
            file.Position = file.Length - 2;
            file.Write([0x39, 0x05]);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        var volume = ImageVolume.Open(path, SliceAxis.Auto);
        float[] first = volume.Read(0).Pixels;
        float[] last = volume.Read(count - 1).Pixels;

        Assert.Equal((count, side, side), (volume.Slices.Count, volume.Slices.Rows, volume.Slices.Columns));
        Assert.Equal(1337, last.Max());
        Assert.Equal(1337, last.Sum());
        Assert.Equal(0, first.Sum());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L << 20);
    }

    [Theory]
    [InlineData(SliceAxis.First)]
    [InlineData(SliceAxis.Second)]
    [InlineData(SliceAxis.Third)]
    public void Voxels_in_a_file_are_those_in_memory(SliceAxis axis)
    {
        string nifti = Path.Combine(_folder, "v.nii");
        var counting = NiftiBytes.Counting(40, 30, 700) with { Affine = [-0.5f, 0, 0, 10, 0, 0.75f, 0, 20, 0, 0, 4, 30] };
        File.WriteAllBytes(nifti, counting.ToArray());
        string nrrd = Path.Combine(_folder, "v.nrrd");
        File.WriteAllBytes(nrrd, [.. Encoding.Latin1.GetBytes("NRRD0004\ntype: short\ndimension: 3\nspace: RAS\nsizes: 40 30 700\nspace directions: (-0.5,0,0) (0,0.75,0) (0,0,4)\nendian: little\nencoding: raw\nspace origin: (10,20,30)\n\n"), .. counting.ToVoxels()]);

        foreach (string path in (string[])[nifti, nrrd])
        {
            var whole = ImageVolume.Of(VolumeFile.Read(path), axis);
            var paged = ImageVolume.Of(VolumeFile.Open(path, mostInMemory: 1000), axis);

            Assert.Equal(whole.Slices.Count, paged.Slices.Count);
            foreach (int slice in (int[])[0, whole.Slices.Count / 2, whole.Slices.Count - 1])
            {
                Assert.Equal(whole.Read(slice).Pixels, paged.Read(slice).Pixels);
            }
        }
    }

    [Theory]
    [InlineData("v.nii.gz")]
    [InlineData("v.hdr")]
    [InlineData("v.nrrd")]
    [InlineData("v.mha")]
    public void Compressed_voxels_are_read_from_a_temporary_file(string name)
    {
        string path = Path.Combine(_folder, name);
        var counting = NiftiBytes.Counting(40, 30, 700) with { Affine = [-0.5f, 0, 0, 10, 0, 0.75f, 0, 20, 0, 0, 4, 30] };
        Save(path, counting);
        int before = Directory.GetFiles(Path.GetTempPath(), "medseg-*.voxels").Length;

        var whole = ImageVolume.Of(VolumeFile.Read(path), SliceAxis.Third);
        VoxelVolume expanded = VolumeFile.Open(path, mostInMemory: 1000);

        Assert.Equal(OperatingSystem.IsWindows() ? before + 1 : before, Directory.GetFiles(Path.GetTempPath(), "medseg-*.voxels").Length);
        foreach (SliceAxis axis in (SliceAxis[])[SliceAxis.First, SliceAxis.Second, SliceAxis.Third])
        {
            var cut = ImageVolume.Of(expanded, axis);
            var expected = ImageVolume.Of(VolumeFile.Read(path), axis);
            Assert.Equal(expected.Read(cut.Slices.Count - 1).Pixels, cut.Read(cut.Slices.Count - 1).Pixels);
        }

        var paged = ImageVolume.Of(expanded, SliceAxis.Third);
        Assert.All(Enumerable.Range(0, 700).AsParallel().Select(slice => (Expected: whole.Read(slice).Pixels, Found: paged.Read(slice).Pixels)).ToArray(), pair => Assert.Equal(pair.Expected, pair.Found));
    }

    [Theory]
    [InlineData("v.nii.gz", ErrorIds.NiftiTruncated, ErrorIds.NiftiInvalid)]
    [InlineData("v.nrrd", ErrorIds.VolumeTruncated, ErrorIds.VolumeInvalid)]
    [InlineData("v.mha", ErrorIds.VolumeTruncated, ErrorIds.VolumeInvalid)]
    public void A_compressed_file_that_is_cut_or_damaged_is_an_error(string name, string truncated, string damaged)
    {
        string path = Path.Combine(_folder, name);
        Save(path, NiftiBytes.Counting(40, 30, 20));
        byte[] content = File.ReadAllBytes(path);
        File.WriteAllBytes(path, content[..^(content.Length / 3)]);

        Assert.Equal(truncated, Assert.Throws<FileFormatException>(() => VolumeFile.Open(path, 1000)).ErrorId);
        content[^2] ^= 1;
        content[^6] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.Equal(damaged, Assert.Throws<FileFormatException>(() => VolumeFile.Open(path, 1000)).ErrorId);
        if (name == "v.nii.gz")
        {
            File.WriteAllBytes(path, NiftiBytes.Pack(new NiftiBytes([1000, 1000, 1000], []).ToArray()));
            Assert.Equal(truncated, Assert.Throws<FileFormatException>(() => VolumeFile.Open(path, 1000)).ErrorId);
        }
    }

    [Fact]
    public void A_volume_that_does_not_fit_on_the_disk_is_refused_with_the_way_out()
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => ExpandedVoxels.Expand(Stream.Null, long.MaxValue / 2, "/data/v.nii.gz"));

        Assert.Equal(ErrorIds.FileTooLarge, error.ErrorId);
        Assert.Contains("folder for temporary files", error.Message, StringComparison.Ordinal);
        Assert.Contains("decompress the file", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_and_one_that_is_shortened_are_errors()
    {
        string path = Path.Combine(_folder, "v.nii");
        byte[] bytes = NiftiBytes.Counting(40, 30, 20).ToArray();
        File.WriteAllBytes(path, bytes[..^2]);
        Assert.Equal(ErrorIds.NiftiTruncated, Assert.Throws<FileFormatException>(() => VolumeFile.Open(path, 1000)).ErrorId);

        File.WriteAllBytes(path, bytes);
        var volume = ImageVolume.Of(VolumeFile.Open(path, 1000), SliceAxis.Third);
        File.WriteAllBytes(path, bytes[..2000]);
        Assert.Equal(ErrorIds.FileUnreadable, Assert.Throws<MedSegException>(() => volume.Read(19)).ErrorId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_in_a_file_are_those_in_memory(bool isInFile)
    {
        File.WriteAllBytes(Path.Combine(_folder, "v.nii"), (NiftiBytes.Counting(4, 3, 5) with { Affine = [0.5f, 0, 0, 10, 0, 0.75f, 0, 20, 0, 0, 4, 30] }).ToArray());
        VolumeHeader header = VolumeFile.ReadHeader(Path.Combine(_folder, "v.nii"));
        var volume = new ScanVolume(header, new VolumeSlices(header.Geometry, SliceAxis.Third));
        using var labels = new MaskVoxels(volume, Path.Combine(_folder, "out", "m.nii.gz"), isInFile ? 60 : 61);
        Assert.Equal(isInFile, labels.IsInFile);
        foreach (int slice in (int[])[4, 0, 3, 1, 2])
        {
            VolumeSection section = volume.Slices.SectionOf(slice);
            labels.Write(section, volume.Slices.Columns, [.. Enumerable.Range(0, 12).Select(pixel => (byte)section.VoxelOf(pixel / 4, pixel % 4))]);
        }

        using var written = new MemoryStream();
        labels.CopyTo(written);

        Assert.Equal(Enumerable.Range(0, 60).Select(voxel => (byte)voxel), written.ToArray());
        labels.Dispose();
        Assert.Empty(Directory.Exists(Path.Combine(_folder, "out")) ? Directory.GetFiles(Path.Combine(_folder, "out")) : []);
    }

    private static void Save(string path, NiftiBytes volume)
    {
        string header = $"type: short\ndimension: 3\nspace: RAS\nsizes: {string.Join(' ', volume.Counts)}\nspace directions: (-0.5,0,0) (0,0.75,0) (0,0,4)\nendian: little\nencoding: gzip\nspace origin: (10,20,30)\n\n";
        string meta = $"ObjectType = Image\nNDims = 3\nCompressedData = True\nOffset = 10 20 30\nElementSpacing = 0.5 0.75 4\nDimSize = {string.Join(' ', volume.Counts)}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
        byte[] voxels = volume.ToVoxels();
        switch (Path.GetExtension(path))
        {
            case ".hdr":
                File.WriteAllBytes(path, (volume with { IsPair = true }).ToHeader());
                File.WriteAllBytes(Path.ChangeExtension(path, ".img.gz"), NiftiBytes.Pack(voxels));
                break;
            case ".nrrd":
                File.WriteAllBytes(path, [.. Encoding.Latin1.GetBytes("NRRD0004\n" + header), .. NiftiBytes.Pack(voxels)]);
                break;
            case ".mha":
                using (FileStream file = File.Create(path))
                {
                    file.Write(Encoding.Latin1.GetBytes(meta));
                    using var packed = new System.IO.Compression.ZLibStream(file, System.IO.Compression.CompressionLevel.Fastest);
                    packed.Write(voxels);
                }

                break;
            default:
                volume.Save(path);
                break;
        }
    }
}
