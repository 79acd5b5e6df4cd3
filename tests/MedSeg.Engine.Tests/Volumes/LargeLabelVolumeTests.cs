using System.Buffers.Binary;
using MedSeg.Comparison;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Training;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Label volumes that are larger than the memory for one file. What an import allocates on all its threads is counted for the whole process, so no other test may run.</summary>
[Collection(nameof(ProcessWideTests))]
public sealed class LargeLabelVolumeTests : IDisposable
{
    private const int Side = 512;
    private const int Planes = 540;
    private const long Room = 200L << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Labels_of_more_than_1_GB_are_imported_slice_by_slice()
    {
        string images = Directory.CreateDirectory(Path.Combine(_folder, "images")).FullName;
        WriteLabels(Path.Combine(_folder, "labels", "P01.nii"), (250, 100, 1), (251, 200, 2), (400, 300, 1));
        byte[] header = Header([Side, Side, 2], plane: 250, type: 2, bits: 8);
        File.WriteAllBytes(Path.Combine(images, "P01.nii"), [.. header, .. Enumerable.Range(0, 2 * Side * Side).Select(i => (byte)i)]);
        long before = GC.GetTotalAllocatedBytes();

        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = images, LabelPath = Path.Combine(_folder, "labels"), InputSize = 64, LabelNames = ["A", "B"] }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, dataset.Count);
        Assert.Equal([(100, 0), (0, 200)], dataset.Samples.Select(sample => ((int)sample.RoiPixels[1], (int)sample.RoiPixels[2])));
        LabelProblem problem = Assert.Single(dataset.Problems);
        Assert.Contains("1 plane with labels does not match", problem.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, Room);
    }

    [Fact]
    public void Labels_of_more_than_1_GB_are_compared_and_opened_for_reports()
    {
        string path = Path.Combine(_folder, "P01.nii");
        WriteLabels(path, (0, 10, 1), (Planes - 1, 300, 2));

        var mask = MaskFile.Read(path, new MaskComparisonOptions { Paths = [path, path] });
        var volume = LabelVolume.Open(path, LabelMapping.None, []);

        Assert.Equal((Planes, Side, Side, 2), (mask.Planes.Count, mask.Rows, mask.Columns, mask.HighestRoi));
        Assert.Equal(300, ((VoxelLabelVolume)volume).ReadPlane(Planes - 1).Values.Count(value => value == 2));
    }

    [Fact]
    public void Threads_that_read_planes_far_from_each_other_do_not_read_a_page_for_each_voxel()
    {
        const int voxels = 20;
        int pages = 0;
        var array = new VoxelArray(new VoxelFile("/data/v.nii", (_, page) => page.Length * Math.Sign(Interlocked.Increment(ref pages))), 0, VoxelType.Float64, isBigEndian: false);
        using var together = new Barrier(2);
        void Read(long first)
        {
            VoxelArray own = array.Reopen();
            for (int i = 0; i < voxels; i++)
            {
                together.SignalAndWait(TestContext.Current.CancellationToken);
                own.ValueAt(first + i);
            }
        }

        var other = new Thread(() => Read(1 << 20));
        other.Start();
        Read(0);
        other.Join();

        Assert.Equal(2, pages);
    }

    [Theory]
    [InlineData(SliceAxis.First)]
    [InlineData(SliceAxis.Second)]
    [InlineData(SliceAxis.Third)]
    public void Planes_that_no_slice_shows_are_counted_along_any_axis(SliceAxis axis)
    {
        int across = axis - SliceAxis.First;
        double[] labels = new double[4 * 5 * 6];
        int[] strides = [1, 4, 20];
        int[] others = [.. Enumerable.Range(0, 3).Where(other => other != across)];

        // A label in planes 0, 1 and 3, at the far end of the others.
        foreach (int plane in (int[])[0, 1, 3])
        {
            labels[(plane * strides[across]) + others.Sum(other => strides[other] * ((int[])[3, 4, 5])[other])] = 1;
        }

        byte[] content = [.. Header([4, 5, 6], plane: 0, type: 64, bits: 64), .. labels.SelectMany(BitConverter.GetBytes)];
        var volume = LabelVolume.Parse(content, "/data/v.nii", LabelMapping.None, []);
        var image = ImageVolume.Of(VolumeFile.Decode(content, "/data/v.nii"), axis);
        int shown = 0;
        foreach (int slice in Enumerable.Range(0, image.Slices.Count))
        {
            shown += volume.Slice(image.Read(slice)).Mask.Values.Contains(1) ? 1 : 0;
            Assert.Equal(3 - shown, volume.CountUnseen());
        }

        Assert.Equal(3, shown);
    }

    private static byte[] Header(int[] counts, int plane, short type, short bits)
    {
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(0, 0, 2 * plane), [new(1, 0, 0), new(0, 1, 0), new(0, 0, 2)], counts);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(70), type);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(72), bits);
        return header;
    }

    // A sparse file of 64-bit floating-point numbers, as nibabel saves labels by default: 1.1 GB. Each plane that is given has some voxels of one value.
    private static void WriteLabels(string path, params (int Plane, int Voxels, double Value)[] labels)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] header = Header([Side, Side, Planes], plane: 0, type: 64, bits: 64);
        using FileStream file = File.Create(path);
        file.Write(header);
        file.SetLength(header.Length + (8L * Side * Side * Planes));
        foreach ((int plane, int voxels, double value) in labels)
        {
            file.Position = header.Length + (8L * Side * Side * plane);
            file.Write([.. Enumerable.Repeat(value, voxels).SelectMany(BitConverter.GetBytes)]);
        }
    }
}
