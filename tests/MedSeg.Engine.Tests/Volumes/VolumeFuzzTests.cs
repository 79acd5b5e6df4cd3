using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using MedSeg.Dicom;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Data.Channels;
using MedSeg.Tests.Fuzzing;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Whatever a volume's file holds, it ends soon, with little memory, in labels or in the one error that says why not.</summary>
public sealed class VolumeFuzzTests
{
    private const string FilePath = "/data/volume";

    private static readonly int s_runs = FuzzTarget.Runs(3000);

    public static TheoryData<string> Lists => [.. DataFileLists.Headers.Keys];

    // The name's pattern, and the room and bytes for each byte of the file that may be allocated. Deflate expands by 1032,
    // into memory that doubles as it grows; bzip2 needs 9 MB for its tables; DICOM frames have the limits of the DICOM reader.
    [Theory]
    [InlineData("*.nii", 2 << 20, 64)]
    [InlineData("*.nii.gz", 2 << 20, 4000)]
    [InlineData("*.nrrd", 2 << 20, 4000)]
    [InlineData("*bzip2.nrrd", 12 << 20, 4000)]
    [InlineData("*hex.nrrd", 2 << 20, 4000)]
    [InlineData("*.mha", 2 << 20, 4000)]
    [InlineData("seg*.dcm", 64 << 20, 4096)]
    public void Mutated_files_are_read_or_refused(string pattern, long room, long bytesPerByte)
    {
        var target = new FuzzTarget(FilePath, file => room + (bytesPerByte * file.Length), Read);
        var random = new Random(40);
        (string Name, byte[] File)[] seeds = [.. Directory.GetFiles(VolumeData.Folder, pattern).Where(path => IsBzip2(pattern) == IsBzip2(path)).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            (string name, byte[] file) = seeds[run % seeds.Length];
            byte[] other = seeds[random.Next(seeds.Length)].File;
            byte[] mutated = Mutate(file, other, pattern.EndsWith(".gz", StringComparison.Ordinal) && run % 2 == 0, random);
            refused += target.IsRefused(mutated, $"run {run} of {name}") ? 1 : 0;
        }

        Assert.InRange(refused, s_runs / 10, s_runs - (s_runs / 100));
    }

    [Fact]
    public void Mutated_headers_of_pairs_are_read_or_refused()
    {
        string folder = Directory.CreateTempSubdirectory("medseg").FullName;
        try
        {
            var pair = NiftiBytes.Counting(12, 10, 5) with { IsPair = true, Affine = [-0.5f, 0, 0, 10, 0, -0.75f, 0, 20, 0, 0, 4, 30] };
            File.WriteAllBytes(Path.Combine(folder, "volume.img"), pair.ToVoxels());

            // Errors of the header and of the voxels then name the same file.
            string path = Path.Combine(folder, "volume.img");
            var target = new FuzzTarget(path, file => (2 << 20) + (64 * file.Length), file => ReadImage(ImageVolume.Of(VolumeFile.Decode(file, path), SliceAxis.Auto)));
            int refused = Mutations(pair.ToHeader(), new Random(41), target, path);

            Assert.InRange(refused, s_runs / 20, s_runs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Analyze_without_its_extension_is_refused_however_it_is_mutated()
    {
        byte[] analyze = (NiftiBytes.Counting(12, 10, 5) with { IsPair = true }).ToHeader()[..348];
        analyze.AsSpan(252).Clear();
        var target = new FuzzTarget(FilePath, file => (2 << 20) + (64 * file.Length), file => VolumeFile.Decode(file, FilePath));

        Assert.Equal(s_runs, Mutations(analyze, new Random(42), target, "Analyze"));
    }

    [Fact]
    public void Mutated_Analyze_headers_are_read_or_refused()
    {
        string folder = Directory.CreateTempSubdirectory("medseg").FullName;
        try
        {
            var volume = NiftiBytes.Counting(12, 10, 5) with { IsPair = true };
            byte[] analyze = volume.ToHeader()[..348];
            analyze.AsSpan(252).Clear();
            File.WriteAllBytes(Path.Combine(folder, "volume.img"), volume.ToVoxels());
            string path = Path.Combine(folder, "volume.hdr");
            var target = new FuzzTarget(path, file => (2 << 20) + (64 * file.Length), file => ReadImage(ImageVolume.Of(VolumeFile.Decode(file, path), SliceAxis.Auto)));

            Assert.InRange(Mutations(analyze, new Random(43), target, path), s_runs / 20, s_runs - (s_runs / 20));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Bzip2 needs 9 MB for its tables, for each file.
    [Theory]
    [MemberData(nameof(Lists))]
    public void Mutated_headers_of_several_data_files_are_read_or_refused(string name)
    {
        var target = new FuzzTarget(DataFileLists.HeaderPath, file => (24 << 20) + (64 * file.Length), DataFileLists.Read);
        byte[] seed = DataFileLists.Headers[name];

        Assert.False(target.IsRefused(seed, name));
        Assert.InRange(Mutations(seed, new Random(44), target, name), s_runs / 20, s_runs - (s_runs / 100));
    }

    [Fact]
    public void Mutated_volumes_of_several_numbers_per_voxel_are_read_or_refused()
    {
        var target = new FuzzTarget(FilePath, file => (2 << 20) + (64 * file.Length), file => ReadImage(ImageVolume.Of(VolumeFile.Decode(file, FilePath), SliceAxis.Auto, [2, 0])));
        byte[][] seeds = [.. ChannelVolumes.Kinds.Select(ChannelVolumes.Of)];
        var random = new Random(46);
        int refused = Enumerable.Range(0, s_runs).Count(run => target.IsRefused(FileMutator.Mutate(seeds[run % seeds.Length], seeds[random.Next(seeds.Length)], random), $"run {run} of {ChannelVolumes.Kinds[run % seeds.Length]}"));

        Assert.InRange(refused, s_runs / 20, s_runs - (s_runs / 100));
    }

    // The numbers of a voxel are those of the volumes, wherever they are in the file: a property of all sizes, orders, axes and choices.
    [Property(MaxTest = 200)]
    public void Any_order_and_axis_gives_the_same_numbers(PositiveInt columns, PositiveInt rows, PositiveInt slices, PositiveInt numbers, int chosen, bool isInterleaved, bool isMeta)
    {
        int[] counts = [1 + (columns.Get % 6), 1 + (rows.Get % 6), 1 + (slices.Get % 4)];
        int parts = 2 + (numbers.Get % 4);
        int part = Math.Abs(chosen % parts);
        int voxels = counts[0] * counts[1] * counts[2];
        byte[] values = [.. Enumerable.Range(0, voxels * parts).Select(i => (byte)(isInterleaved ? (i % parts * 50) + (i / parts % 50) : (i / voxels * 50) + (i % voxels % 50)))];
        string sizes = string.Join(' ', counts);
        string header = isMeta
            ? $"ObjectType = Image\nNDims = {(isInterleaved ? 3 : 4)}\nDimSize = {(isInterleaved ? sizes : $"{sizes} {parts}")}\nElementNumberOfChannels = {(isInterleaved ? parts : 1)}\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"
            : $"NRRD0005\ntype: uchar\ndimension: 4\nsizes: {(isInterleaved ? $"{parts} {sizes}" : $"{sizes} {parts}")}\nkinds: {(isInterleaved ? "vector domain domain domain" : "domain domain domain list")}\nencoding: raw\n\n";
        VoxelVolume volume = VolumeFile.Decode([.. Encoding.ASCII.GetBytes(header), .. values], isMeta ? "/data/x.mha" : "/data/x.nrrd");

        foreach (SliceAxis axis in (SliceAxis[])[SliceAxis.First, SliceAxis.Second, SliceAxis.Third])
        {
            var cut = ImageVolume.Of(volume, axis, [part]);
            for (int slice = 0; slice < cut.Slices.Count; slice++)
            {
                float[] expected = [.. Enumerable.Range(0, cut.Slices.Rows * cut.Slices.Columns).Select(pixel => (float)((part * 50) + (cut.Slices.SectionOf(slice).VoxelOf(pixel / cut.Slices.Columns, pixel % cut.Slices.Columns) % 50)))];
                Assert.Equal(expected, cut.Read(slice).Pixels);
            }
        }
    }

    private static int Mutations(byte[] seed, Random random, FuzzTarget target, string name) =>
        Enumerable.Range(0, s_runs).Count(run => target.IsRefused(FileMutator.Mutate(seed, seed, random), $"run {run} of {name}"));

    // Half of the compressed files are damaged inside, so that damage reaches what lies behind the compression.
    private static byte[] Mutate(byte[] file, byte[] other, bool isInside, Random random)
    {
        if (!isInside)
        {
            return FileMutator.Mutate(file, other, random);
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(FileMutator.Mutate(Unpack(file), Unpack(other), random));
        }

        return packed.ToArray();
    }

    private static bool IsBzip2(string name) => name.Contains("bzip2", StringComparison.Ordinal);

    private static byte[] Unpack(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static void ReadImage(ImageVolume volume)
    {
        for (int slice = 0; slice < volume.Slices.Count; slice++)
        {
            ImageSlice image = volume.Read(slice);
            Assert.Equal(image.Rows * image.Columns, image.Pixels.Length);
        }
    }

    internal static void Read(byte[] file)
    {
        LabelVolume volume = LabelVolume.Parse(file, FilePath, LabelMapping.None, []);
        foreach (DicomImage image in VolumeData.Series)
        {
            SliceLabels slice = volume.Slice(image);
            Assert.Equal(slice.Mask.Rows * slice.Mask.Columns, slice.Mask.Values.Length);
        }

        Assert.True(volume.CountUnseen() >= 0);
        if (volume is VoxelLabelVolume)
        {
            // What can be labels can be an image.
            ReadImage(ImageVolume.Of(VolumeFile.Decode(file, FilePath), SliceAxis.Auto));
        }
    }
}
