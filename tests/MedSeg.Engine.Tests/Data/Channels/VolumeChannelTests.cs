using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Tests.Inference;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Volumes with several numbers per voxel: NRRD and MetaImage with four axes, vectors and colours, and NIfTI with colours.</summary>
public sealed class VolumeChannelTests : IDisposable
{
    private static readonly ImageChannel[] s_volumes = [new("a", "Volume=1"), new("b", "Volume=2"), new("c", "Volume=3")];
    private static readonly ImageChannel[] s_colors = [new("r", "Color=Red"), new("g", "Color=Green"), new("b", "Color=Blue")];

    private readonly ChannelScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData("list.nrrd", false)]
    [InlineData("time.nrrd", false)]
    [InlineData("vector.nrrd", false)]
    [InlineData("rows.nrrd", false)]
    [InlineData("planes.nrrd", false)]
    [InlineData("axes.mha", false)]
    [InlineData("channels.mha", false)]
    [InlineData("array.mha", false)]
    [InlineData("vector.nii", false)]
    [InlineData("rgb.nrrd", true)]
    [InlineData("rgba.nrrd", true)]
    [InlineData("channels.mha", true)]
    [InlineData("rgb.nii", true)]
    [InlineData("rgba.nii.gz", true)]
    public void Numbers_of_a_voxel_are_channels(string kind, bool areColors)
    {
        string path = Save(kind, _scan.Images, "P01");
        ImageChannel[] channels = areColors ? s_colors : s_volumes;

        foreach (SliceAxis axis in (SliceAxis[])[SliceAxis.Third, SliceAxis.First])
        {
            ImageSlice[] slices = [.. ImageSource.Read(path, new ImageReading(axis) { Channels = channels })];
            ImageSlice[] second = [.. ImageSource.Read(path, new ImageReading(axis) { Channels = [channels[1]] })];
            var expected = ImageVolume.Open(Save("plain.nrrd", _scan.Folder, "plain"), axis);
            for (int i = 0; i < slices.Length; i++)
            {
                float[] pixels = expected.Read(i).Pixels;
                Assert.Equal(pixels, slices[i].Pixels);
                Assert.Equal(Array.ConvertAll(pixels, value => value + 20), slices[i].OtherChannels[0].Pixels);
                Assert.Equal(Array.ConvertAll(pixels, value => value + 40), slices[i].OtherChannels[1].Pixels);
                Assert.Equal(slices[i].OtherChannels[0].Pixels, second[i].Pixels);
                Assert.Equal(expected.Read(i).Plane!.Value.Origin, slices[i].Plane!.Value.Origin);
            }
        }
    }

    [Theory]
    [InlineData("list.nrrd", "Color=Red", ErrorIds.ImageColor, "no red, green and blue")]
    [InlineData("vector.nrrd", "Color=Red", ErrorIds.ImageColor, "no red, green and blue")]
    [InlineData("axes.mha", "Color=Red", ErrorIds.ImageColor, "no red, green and blue")]
    [InlineData("vector.nrrd", "Volume=4", ErrorIds.ChannelMissing, "3 volumes")]
    [InlineData("list.nrrd", "", ErrorIds.VolumeUnsupported, "3 volumes")]
    [InlineData("axes.mha", "", ErrorIds.VolumeUnsupported, "16 × 16 × 3 × 3")]
    [InlineData("vector.nrrd", "", ErrorIds.VolumeUnsupported, "3 numbers for each voxel")]
    [InlineData("channels.mha", "", ErrorIds.VolumeUnsupported, "several channels")]
    [InlineData("rgb.nrrd", "", ErrorIds.VolumeUnsupported, "colours")]
    [InlineData("rgb.nii", "", ErrorIds.NiftiUnsupported, "colours")]
    [InlineData("twice.nrrd", "Volume=1", ErrorIds.VolumeUnsupported, "one more axis")]
    [InlineData("rows.nrrd", "", ErrorIds.VolumeUnsupported, "3 volumes")]
    [InlineData("unstated.nrrd", "Volume=1", ErrorIds.VolumeUnsupported, "'kinds' or 'space directions'")]
    [InlineData("both.mha", "Volume=1", ErrorIds.VolumeUnsupported, "3 channels")]
    [InlineData("sheared.mha", "Volume=1", ErrorIds.VolumeUnsupported, "mixes the fourth axis")]
    public void What_a_volume_does_not_have_is_refused(string kind, string source, string errorId, string inMessage)
    {
        string path = Save(kind, _scan.Images, "P01");
        IReadOnlyList<ImageChannel> channels = source.Length == 0 ? [] : [new("a", source)];

        FileFormatException error = Assert.Throws<FileFormatException>(() => ImageSource.Read(path, new ImageReading { Channels = channels }).ToArray());

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Advice);
    }

    [Fact]
    public void Masks_of_several_numbers_per_voxel_have_the_place_of_the_image()
    {
        foreach (string patient in (string[])["P01", "P02", "P03"])
        {
            Save("rgb.nii", _scan.Images, patient);
            _scan.AddLabels(patient);
        }

        Dataset dataset = _scan.Import(s_volumes);
        Assert.Empty(dataset.Problems);
        var run = new RunOptions { OutputPath = Path.Combine(_scan.Folder, "run"), Device = "cpu" };
        _ = new Trainer(dataset, new TrainingOptions { Epochs = 1, BatchSize = 2, BaseWidth = 4, ValidationFraction = 0.4 }, run).Run(null, CancellationToken.None).Last();
        string scans = Path.Combine(_scan.Folder, "scans");
        string[] kinds = ["rgb.nii", "rgba.nii.gz", "vector.nii", "rgb.nrrd", "list.nrrd", "rows.nrrd", "planes.nrrd", "axes.mha", "channels.mha"];
        string[] images = [.. kinds.Select((kind, i) => Save(kind, scans, $"S{i}"))];
        var output = new MaskOutput { OutputPath = Path.Combine(_scan.Folder, "masks"), Format = MaskFormat.Nifti };
        using var segmenter = new Segmenter(run.ModelPath, new InferenceOptions());

        SegmentedSlice[] slices = [.. segmenter.Run([scans], output, events: new EngineEvents { Error = error => throw error }, cancellationToken: TestContext.Current.CancellationToken)];

        Assert.Equal(kinds.Length * ChannelScan.Slices, slices.Length);
        Assert.Single(slices.Select(slice => (slice.Frame, slice.Rois[0].Pixels)).Where(frame => frame.Frame == 2).Distinct());
        const string Compare = """
            import sys, numpy as np, nibabel as nib
            affine = np.diag([1., 1, 4, 1])
            masks = [nib.load(path) for path in sys.argv[1:]]
            for mask in masks:
                assert mask.shape == (16, 16, 3) and mask.get_data_dtype() == np.uint8, (mask.shape, mask.get_data_dtype())
                assert np.allclose(mask.affine, affine) and mask.header.get_zooms() == (1, 1, 4) and mask.header['dim'][0] == 3, mask.affine
                assert (np.asanyarray(mask.dataobj) == np.asanyarray(masks[0].dataobj)).all()
            print('same place', len(masks))
            """;
        string[] masks = [.. slices.Select(slice => slice.MaskPath!).Distinct()];
        Assert.Contains($"same place {kinds.Length}", OutsideTool.Run("/usr/bin/python3", ["-c", Compare, .. masks]), StringComparison.Ordinal);
        Assert.Equal(images, slices.Select(slice => slice.ImagePath).Distinct());
    }

    [Fact]
    public void Nibabel_writes_colours_and_vectors()
    {
        const string script = """
            import sys, numpy as np, nibabel as nib
            folder = sys.argv[1]
            values = np.arange(5 * 4 * 3).reshape((5, 4, 3), order='F').astype('u1')
            colours = np.zeros(values.shape, [('R', 'u1'), ('G', 'u1'), ('B', 'u1')])
            colours['R'], colours['G'], colours['B'] = values, values + 60, values + 120
            nib.Nifti1Image(colours, np.diag([-2, -2, 5, 1])).to_filename(f'{folder}/rgb.nii.gz')
            nib.Nifti2Image(colours, np.diag([-2, -2, 5, 1])).to_filename(f'{folder}/rgb2.nii')
            rgba = np.zeros(values.shape, [('R', 'u1'), ('G', 'u1'), ('B', 'u1'), ('A', 'u1')])
            rgba['R'], rgba['G'], rgba['B'], rgba['A'] = values, values + 60, values + 120, 255
            nib.Nifti1Image(rgba, np.diag([-2, -2, 5, 1])).to_filename(f'{folder}/rgba.nii')
            vector = np.stack([values, values + 60., values + 120.], -1)[:, :, :, None].astype('>f4')
            image = nib.Nifti1Image(vector, np.diag([-2, -2, 5, 1]))
            image.header.set_intent('vector')
            image.to_filename(f'{folder}/vector.nii.gz')
            print('made')
            """;
        Assert.Contains("made", OutsideTool.Run("/usr/bin/python3", "-c", script, _scan.Folder), StringComparison.Ordinal);

        foreach (string name in (string[])["rgb.nii.gz", "rgb2.nii", "rgba.nii", "vector.nii.gz"])
        {
            string path = Path.Combine(_scan.Folder, name);
            ImageSlice slice = ImageSource.Read(path, new ImageReading { Channels = name[0] == 'v' ? s_volumes : s_colors }).ElementAt(2);

            Assert.Equal(Enumerable.Range(40, 20).Select(i => (float)i), slice.Pixels);
            Assert.Equal(Enumerable.Range(100, 20).Select(i => (float)i), slice.OtherChannels[0].Pixels);
            Assert.Equal(Enumerable.Range(160, 20).Select(i => (float)i), slice.OtherChannels[1].Pixels);
        }
    }

    [Fact]
    public void Each_number_is_described()
    {
        string path = Save("rgb.nrrd", _scan.Images, "P01");

        ImageInfo[] found = [.. ImageInspector.Describe(path, new ImageInspection { Channels = s_colors })];

        Assert.Equal([("r", 150.0), ("g", 170), ("b", 190)], found.Select(info => (info.Channel, info.Real.Maximum)));
        Assert.Equal(3, ImageInspector.Describe(path, hash: false).SamplesPerPixel);
    }

    [Fact]
    public void Labels_with_several_numbers_per_voxel_are_refused()
    {
        Save("plain.nrrd", _scan.Images, "P01");
        foreach (string kind in (string[])["rgb.nrrd", "axes.mha", "vector.nii"])
        {
            Directory.CreateDirectory(_scan.Labels);
            string path = Save(kind, _scan.Labels, "P01");

            Assert.Contains("number", Assert.Single(_scan.Import().Problems, problem => problem.Severity == MedSeg.Labels.LabelSeverity.Error).Advice, StringComparison.Ordinal);
            File.Delete(path);
        }
    }

    private static string Save(string kind, string folder, string name)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name + kind[kind.IndexOf('.', StringComparison.Ordinal)..]);
        File.WriteAllBytes(path, ChannelVolumes.Of(kind));
        return path;
    }
}
