using System.Buffers.Binary;
using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Labels;
using MedSeg.Tests.Data;
using MedSeg.Tests.Data.Channels;
using MedSeg.Tests.Inference;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Analyze 7.5: size, spacing, type and byte order are read; directions are not stated, and what is ambiguous is refused.</summary>
public sealed class AnalyzeTests : IDisposable
{
    private readonly ChannelScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void Voxels_that_nibabel_wrote_are_read()
    {
        const string script = """
            import sys, numpy as np, nibabel as nib
            folder = sys.argv[1]
            for name, dtype, order in [('u1', 'u1', '<'), ('i2', 'i2', '>'), ('i4', 'i4', '<'), ('f4', 'f4', '>'), ('f8', 'f8', '<')]:
                header = nib.AnalyzeHeader(endianness=order)
                header.set_data_dtype(dtype)
                header.set_data_shape((5, 4, 3))
                header.set_zooms((0.5, 0.75, 4))
                nib.AnalyzeImage(np.arange(60).reshape((5, 4, 3), order='F').astype(order + dtype), None, header).to_filename(f'{folder}/{name}.img')
            print('made')
            """;
        Assert.Contains("made", OutsideTool.Run("/usr/bin/python3", "-c", script, _scan.Folder), StringComparison.Ordinal);

        foreach (string name in (string[])["u1", "i2", "i4", "f4", "f8"])
        {
            string path = Path.Combine(_scan.Folder, name + ".hdr");
            ImageSlice slice = ImageVolume.Open(path, SliceAxis.Auto).Read(1);

            Assert.True(VolumeFile.Is(path));
            Assert.True(VolumeFile.IsPartner(Path.ChangeExtension(path, ".img")));
            Assert.Equal("Analyze", VolumeFile.ReadHeader(path).Format);
            Assert.Equal(Enumerable.Range(20, 20).Select(i => (float)i), slice.Pixels);
            Assert.Equal((4, 5, new PixelSpacing(0.75, 0.5)), (slice.Rows, slice.Columns, slice.Spacing));
            Assert.Null(slice.Plane);
        }
    }

    [Theory]
    [InlineData(70, 128, ErrorIds.VolumeUnsupported, "data type 128")]
    [InlineData(70, 132, ErrorIds.VolumeUnsupported, "data type 132")]
    [InlineData(72, 8, ErrorIds.VolumeInvalid, "of 8 bits")]
    [InlineData(112, 2, ErrorIds.VolumeUnsupported, "SPM")]
    [InlineData(108, -4, ErrorIds.VolumeInvalid, "offset")]
    [InlineData(56, 0x6D63, ErrorIds.VolumeUnsupported, "'cm'")]
    [InlineData(40, 1, ErrorIds.VolumeInvalid, "1 axes")]
    [InlineData(42, 0, ErrorIds.VolumeInvalid, "0 × 16 × 3")]
    [InlineData(42, 17, ErrorIds.VolumeTruncated, "1,632 bytes, but there are 1,536")]
    public void What_is_ambiguous_or_wrong_is_refused(int offset, int value, string errorId, string inMessage)
    {
        string path = Save(_scan.Images, "P01", ChannelScan.Image(0, 0), header =>
        {
            if (offset is 108 or 112)
            {
                BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(offset), value);
            }
            else
            {
                BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(offset), (short)value);
            }
        });

        FileFormatException error = Assert.Throws<FileFormatException>(() => VolumeFile.Open(path));

        Assert.Equal(errorId, error.ErrorId);
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_without_voxels_names_the_file()
    {
        string path = Save(_scan.Images, "P01", ChannelScan.Image(0, 0));
        File.Delete(Path.ChangeExtension(path, ".img"));

        Assert.Contains("P01.img", Assert.Throws<FileFormatException>(() => VolumeFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directions_are_refused_with_the_way_out()
    {
        string path = Save(_scan.Images, "P01", ChannelScan.Image(0, 0));

        FileFormatException error = Assert.Throws<FileFormatException>(() => ImageVolume.Open(path, SliceAxis.Axial));

        Assert.Equal(ErrorIds.VolumeDirections, error.ErrorId);
        Assert.Contains("-SliceAxis Third", error.Advice, StringComparison.Ordinal);
        Assert.Equal(3, ImageVolume.Open(path, SliceAxis.Third).Slices.Count);
        Assert.Equal(3, ImageVolume.Open(path, SliceAxis.Auto).Slices.Count);
    }

    [Fact]
    public void Analyze_is_imported_and_segmented_with_one_warning()
    {
        foreach (string patient in (string[])["P01", "P02", "P03"])
        {
            Save(_scan.Images, patient, ChannelScan.Image(1, 0));
            _scan.AddLabels(patient);
        }

        // One of the labels is Analyze too.
        File.Delete(Path.Combine(_scan.Labels, "P02.nii.gz"));
        _scan.AddLabels("x");
        Save(_scan.Labels, "P02", ChannelScan.Image(1, 0) with { Voxels = [.. ChannelScan.Image(1, 0).Voxels.Select(value => (short)(value >= 500 ? 1 : 0))] });
        File.Delete(Path.Combine(_scan.Labels, "x.nii.gz"));

        Dataset dataset = _scan.Import();

        LabelProblem warning = Assert.Single(dataset.Problems);
        Assert.Equal((ErrorIds.VolumeDirections, LabelSeverity.Warning), (warning.Code, warning.Severity));
        Assert.Contains("8 other slices", warning.Message, StringComparison.Ordinal);
        Assert.Equal(dataset.Samples[0].Roi(), dataset.Samples[3].Roi());
        Assert.Contains(dataset.Samples[0].Roi(), roi => roi == 1);
        var run = new RunOptions { OutputPath = Path.Combine(_scan.Folder, "run"), Device = "cpu" };
        _ = new Trainer(dataset, new TrainingOptions { Epochs = 1, BatchSize = 2, BaseWidth = 4, ValidationFraction = 0.4 }, run).Run(null, CancellationToken.None).Last();
        using var segmenter = new Segmenter(run.ModelPath, new InferenceOptions());
        var output = new MaskOutput { OutputPath = Path.Combine(_scan.Folder, "masks"), Format = MaskFormat.Nifti };
        List<string> warnings = [];

        SegmentedSlice[] slices = [.. segmenter.Run([_scan.Images], output, events: new EngineEvents { Error = error => throw error, Warning = warnings.Add }, cancellationToken: TestContext.Current.CancellationToken)];

        Assert.Equal(9, slices.Length);
        Assert.Single(warnings, text => text.Contains("Analyze", StringComparison.Ordinal));
        VolumeHeader mask = VolumeFile.ReadHeader(slices[0].MaskPath!);
        Assert.Equal([16, 16, 3], mask.Geometry.Counts);
        Assert.False(mask.Geometry.IsPlaced);
        Assert.Equal([1, 1, 4], mask.Geometry.Steps.Select(step => step.Length));
    }

    [Fact]
    public void Labels_are_matched_voxel_by_voxel_or_refused()
    {
        ChannelScan.Image(0, 0).Save(_scan.Images, "P01.nii");
        Save(_scan.Labels, "P01", ChannelScan.Image(1, 0) with { Voxels = [.. ChannelScan.Image(1, 0).Voxels.Select(value => (short)(value >= 500 ? 1 : 0))] });
        Sample[] samples = [.. _scan.Import().Samples];
        File.Delete(Path.Combine(_scan.Labels, "P01.hdr"));
        _scan.AddLabels("P01");

        Assert.Equal(_scan.Import().Samples.Select(sample => sample.Roi()), samples.Select(sample => sample.Roi()));
        string path = Save(_scan.Folder, "P02", ChannelScan.Image(0, 0));
        LabelVolume volume = LabelVolume.Open(path, LabelMapping.None, []);
        Assert.Equal(ErrorIds.LabelVolumePosition, Assert.Throws<FileFormatException>(() => volume.Slice(VolumeData.Series[0])).ErrorId);
    }

    [Fact]
    public void Get_MedSegImage_mentions_the_directions() =>
        Assert.Contains("directions", Assert.Single(ImageInspector.Describe(Save(_scan.Images, "P01", ChannelScan.Image(0, 0)), hash: false).Notes), StringComparison.Ordinal);

    private static string Save(string folder, string name, NiftiBytes bytes, Action<byte[]>? change = null)
    {
        Directory.CreateDirectory(folder);
        byte[] header = (bytes with { IsPair = true, Affine = null }).ToHeader()[..348];
        header.AsSpan(252).Clear();
        header[38] = (byte)'r';
        header.AsSpan(123, 1).Clear();
        change?.Invoke(header);
        File.WriteAllBytes(Path.Combine(folder, name + ".img"), bytes.ToVoxels());
        string path = Path.Combine(folder, name + ".hdr");
        File.WriteAllBytes(path, header);
        return path;
    }
}
