using System.IO.Compression;
using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Volumes whose slices are used while the rest is read.</summary>
public sealed class VoxelsAheadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nii")]
    [InlineData("nii.gz")]
    [InlineData("nrrd")]
    [InlineData("mha")]
    public void Slices_are_those_of_a_volume_that_was_read_at_once(string extension)
    {
        string path = Save("v", extension, NiftiBytes.Counting(40, 30, 200));
        foreach (SliceAxis axis in (SliceAxis[])[SliceAxis.First, SliceAxis.Second, SliceAxis.Third])
        {
            var expected = ImageVolume.Of(VolumeFile.Read(path), axis);
            var found = ImageVolume.Of(VolumeFile.OpenAhead(path, CancellationToken.None), axis);

            Assert.All(Enumerable.Range(0, expected.Slices.Count).AsParallel().Select(i => (expected.Read(i).Pixels, found.Read(i).Pixels)).ToArray(), pair => Assert.Equal(pair.Item1, pair.Item2));
            found.Complete();
        }
    }

    [Fact]
    public async Task A_slice_is_there_before_the_rest_is_read()
    {
        using var gate = new SemaphoreSlim(0);
        byte[] bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        var ahead = new VoxelsAhead(200, "/data/v", () => new GatedStream(bytes, 100, gate), Truncated, Damaged, CancellationToken.None);
        var voxels = new VoxelArray(ahead, 0, VoxelType.UInt8, isBigEndian: false);
        float[] pixels = new float[100];

        voxels.Read(new VolumeSection([10, 10, 2], 0, 1, 10, 2, 0), 10, pixels);
        Assert.Equal(99, pixels[99]);
        var second = Task.Run(() => voxels.Read(new VolumeSection([10, 10, 2], 100, 1, 10, 2, 1), 10, pixels), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        gate.Release();

        await second.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(199, pixels[99]);
        Assert.Equal(150, voxels.StoredAt(150));
        voxels.Complete();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_read_before_a_network_error_stays(bool isGzip)
    {
        FileRetry.Current = new FileRetry(TimeProvider.System, TimeSpan.FromSeconds(1));
        byte[] bytes = new byte[1 << 20];
        new Random(3).NextBytes(bytes);
        byte[] stored = isGzip ? NiftiBytes.Pack(bytes) : bytes;
        int opened = 0;
        Stream Open()
        {
            Stream file = opened++ == 0 ? new GatedStream(stored, stored.Length - 1000, gate: null) : new MemoryStream(stored);
            return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        }

        var ahead = new VoxelsAhead(bytes.Length, "/data/v", Open, Truncated, Damaged, CancellationToken.None);

        ahead.Complete();

        Assert.Equal(2, opened);
        Assert.Equal(bytes, ahead.Bytes);
    }

    [Fact]
    public void Reading_stops_if_nobody_needs_the_voxels()
    {
        using var stop = new CancellationTokenSource();
        using var gate = new SemaphoreSlim(0);
        var ahead = new VoxelsAhead(1 << 20, "/data/v", () => new GatedStream(new byte[1 << 20], 100, gate), Truncated, Damaged, stop.Token);
        ahead.Require(100);
        stop.Cancel();
        gate.Release();

        Assert.Throws<OperationCanceledException>(ahead.Complete);
    }

    [Theory]
    [InlineData("nii", true)]
    [InlineData("nii.gz", true)]
    [InlineData("nii.gz", false)]
    [InlineData("nrrd", true)]
    [InlineData("nrrd", false)]
    [InlineData("mha", true)]
    [InlineData("mha", false)]
    public void No_slice_of_a_truncated_or_damaged_file_is_used(string extension, bool isTruncated)
    {
        NiftiBytes image = NiftiBytes.Counting(40, 30, 200) with { Affine = [-0.5f, 0, 0, 10, 0, 0.75f, 0, 20, 0, 0, 4, 30] };
        NiftiBytes labels = image with { Voxels = [.. image.Voxels.Select(v => (short)(v % 40 is > 10 and < 20 ? 1 : 0))] };
        foreach (string role in (string[])["images", "labels"])
        {
            string folder = Path.Combine(_folder, role);
            Save("images/P01", role == "images" ? extension : "nii", image);
            Save("labels/P01", role == "labels" ? extension : "nii", labels);
            string path = Directory.GetFiles(folder).Single();
            byte[] content = File.ReadAllBytes(path);
            File.WriteAllBytes(path, isTruncated ? content[..^(content.Length / 4)] : Damage(content));
            string expected = Assert.Throws<FileFormatException>(() => VolumeFile.Read(path)).Message;

            Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "images"), LabelPath = Path.Combine(_folder, "labels"), LabelNames = ["A"] }, cancellationToken: TestContext.Current.CancellationToken);

            Assert.StartsWith(Assert.Single(dataset.Problems).Message, expected, StringComparison.Ordinal);
            Assert.DoesNotContain(dataset.Samples, sample => sample.IsUsable);
            Directory.Delete(Path.Combine(_folder, "images"), recursive: true);
            Directory.Delete(Path.Combine(_folder, "labels"), recursive: true);
        }
    }

    // At the end: nearly everything before can be decompressed.
    private static byte[] Damage(byte[] content)
    {
        content[^1] ^= 1;
        content[^6] ^= 1;
        return content;
    }

    private static FileFormatException Truncated(long present) => new(ErrorIds.NiftiTruncated, "/data/v", $"{present}");

    private static FileFormatException Damaged(Exception e) => new(ErrorIds.NiftiInvalid, "/data/v", e.Message);

    private string Save(string name, string extension, NiftiBytes volume)
    {
        string path = Path.Combine(_folder, $"{name}.{extension}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] voxels = volume.ToVoxels();
        string sizes = string.Join(' ', volume.Counts);
        switch (extension)
        {
            case "nrrd":
                string header = $"NRRD0004\ntype: short\ndimension: 3\nspace: RAS\nsizes: {sizes}\nspace directions: (-0.5,0,0) (0,0.75,0) (0,0,4)\nendian: little\nencoding: gzip\nspace origin: (10,20,30)\n\n";
                File.WriteAllBytes(path, [.. Encoding.Latin1.GetBytes(header), .. NiftiBytes.Pack(voxels)]);
                break;
            case "mha":
                using (FileStream file = File.Create(path))
                {
                    file.Write(Encoding.Latin1.GetBytes(
                        $"ObjectType = Image\nNDims = 3\nCompressedData = True\nTransformMatrix = 1 0 0 0 -1 0 0 0 1\nOffset = -10 -20 30\nElementSpacing = 0.5 0.75 4\nDimSize = {sizes}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"));
                    using var packed = new ZLibStream(file, CompressionLevel.Fastest);
                    packed.Write(voxels);
                }

                break;
            default:
                volume.Save(path);
                break;
        }

        return path;
    }

    /// <summary>Waits at a position for a gate, or has a network error there.</summary>
    private sealed class GatedStream(byte[] bytes, int position, SemaphoreSlim? gate) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position < position)
            {
                return base.Read(buffer, offset, (int)Math.Min(count, position - Position));
            }

            if (gate is null)
            {
                throw new IOException("The network share is away.", OperatingSystem.IsWindows() ? unchecked((int)0x80070035) : 112);
            }

            gate.Wait();
            gate.Release();
            return base.Read(buffer, offset, count);
        }
    }
}
