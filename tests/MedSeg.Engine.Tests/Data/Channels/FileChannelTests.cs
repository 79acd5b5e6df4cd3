using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Tests.Dicom;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Volumes;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Channels that are in one file: volumes along the fourth axis of NIfTI, as the decathlon has them, and colours of DICOM.</summary>
public sealed class FileChannelTests : IDisposable
{
    private const string Json = """{ "modality": { "0": "water", "1": "fat" }, "labels": { "0": "background", "1": "muscle" }, "training": [] }""";

    private static readonly ImageChannel[] s_volumes = [new("water", "Volume=1"), new("fat", "Volume=2")];

    private readonly ChannelScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void A_folder_of_the_decathlon_is_imported_as_it_stands()
    {
        AddDecathlon("P01", "P02");

        var folder = DatasetFolder.Find(_scan.Folder);
        Dataset dataset = Import(folder);

        Assert.Equal(s_volumes, folder.Channels);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3", "P02_f1", "P02_f2", "P02_f3"], dataset.Samples.Select(sample => sample.Name));
        using var files = new ChannelScan();
        Dataset expected = files.Add("P01").Import(ChannelScan.Channels);
        Assert.Equal(expected.Samples[1].Image(), dataset.Samples[1].Image());
        Assert.Equal(expected.Samples[1].Roi(), dataset.Samples[1].Roi());
        Sample fat = DatasetImporter.Import(Options(folder) with { Channels = [new("fat", "volume=2")] }, cancellationToken: TestContext.Current.CancellationToken).Samples[1];
        Assert.Equal(expected.Samples[1].Image()[fat.Image().Length..], fat.Image());
    }

    [Fact]
    public void Masks_of_four_axes_have_three_at_the_same_place()
    {
        AddDecathlon("P01", "P02", "P03");
        var run = new RunOptions { OutputPath = Path.Combine(_scan.Folder, "run"), Device = "cpu" };
        _ = new Trainer(Import(DatasetFolder.Find(_scan.Folder)), new TrainingOptions { Epochs = 1, BatchSize = 2, BaseWidth = 4, ValidationFraction = 0.4 }, run).Run(null, CancellationToken.None).Last();
        string image = FourAxes().Save(_scan.Folder, "imagesTs", "P09.nii.gz");
        var output = new MaskOutput { OutputPath = Path.Combine(_scan.Folder, "masks"), Format = MaskFormat.Nifti };
        using var segmenter = new Segmenter(run.ModelPath, new InferenceOptions());

        SegmentedSlice[] slices = [.. segmenter.Run([Path.GetDirectoryName(image)!], output, events: new EngineEvents { Error = error => throw error }, cancellationToken: TestContext.Current.CancellationToken)];

        Assert.Equal(["P09_f1", "P09_f2", "P09_f3"], slices.Select(slice => slice.Name));
        Assert.Equal(segmenter.SegmentFile(image, TestContext.Current.CancellationToken).Select(mask => mask.Rois[0].Pixels), slices.Select(slice => slice.Rois[0].Pixels));
        MedSeg.Evaluation.AreaSummary area = Assert.Single(MedSeg.Evaluation.AreaMeasure.Summarize(slices));
        Assert.Equal(("P09", 3, 4.0 * slices.Sum(slice => slice.Rois[0].Pixels)), (area.Series, area.Slices, area.Volume));
        const string Compare = """
            import sys, numpy as np, nibabel as nib
            image, mask = nib.load(sys.argv[1]), nib.load(sys.argv[2])
            assert image.shape == (16, 16, 3, 2) and mask.shape == (16, 16, 3), (image.shape, mask.shape)
            assert np.allclose(image.affine, mask.affine) and mask.header['dim'][0] == 3 and mask.header.get_zooms() == image.header.get_zooms()[:3]
            print('same place', int(np.asanyarray(mask.dataobj).sum()))
            """;
        Assert.Contains($"same place {slices.Sum(slice => slice.Rois[0].Pixels)}", OutsideTool.Run("/usr/bin/python3", "-c", Compare, image, slices[0].MaskPath!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_several_volumes_needs_channels()
    {
        string path = FourAxes().Save(_scan.Images, "P01.nii.gz");
        _scan.AddLabels("P01");

        MedSeg.Labels.LabelProblem problem = Assert.Single(_scan.Import().Problems);
        List<MedSegException> errors = [];
        Assert.Empty(ScanFinder.Find([path], recurse: false, new ImageReading(), new EngineEvents { Error = errors.Add }, TestContext.Current.CancellationToken));

        Assert.Equal((ErrorIds.NiftiUnsupported, ErrorIds.NiftiUnsupported), (problem.Code, Assert.Single(errors).ErrorId));
        Assert.Contains("16 × 16 × 3 × 2", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'T1=Volume=1'", problem.Advice, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.ChannelMissing, Assert.Single(_scan.Import(new("a", "Volume=1"), new("b", "Volume=3")).Problems).Code);
        Assert.Equal(ErrorIds.ChannelInvalid, Assert.Throws<MedSegException>(() => _scan.Import(new("a", "Volume=1"), new("b", "_F"))).ErrorId);
        Assert.Equal(2, ImageInspector.Describe(path, hash: false).SamplesPerPixel);
        Assert.Equal(506, ImageInspector.Describe(path, hash: false).Real.Maximum);
    }

    [Theory]
    [InlineData(SliceAxis.First)]
    [InlineData(SliceAxis.Third)]
    public void Volumes_in_a_file_are_those_in_memory(SliceAxis axis)
    {
        string path = FourAxes().Save(_scan.Images, "P01.nii");

        var whole = ImageVolume.Open(path, axis, [1, 0]);
        var paged = ImageVolume.Of(VolumeFile.Open(path, mostInMemory: 100), axis, [1, 0]);

        for (int slice = 0; slice < whole.Slices.Count; slice++)
        {
            (ImageSlice expected, ImageSlice found) = (whole.Read(slice), paged.Read(slice));
            Assert.Equal(expected.Pixels, found.Pixels);
            Assert.Equal(Assert.Single(expected.OtherChannels).Pixels, Assert.Single(found.OtherChannels).Pixels);
            Assert.NotEqual(expected.Pixels, expected.OtherChannels[0].Pixels);
        }
    }

    // The pixels that pydicom's convert_color_space gives for YBR; its coefficients are rounded.
    [Theory]
    [InlineData("RGB", new byte[] { 1, 2, 3, 250, 20, 7, 0, 255, 128, 9, 9, 9 }, new float[] { 1, 250, 0, 9 }, new float[] { 2, 20, 255, 9 }, new float[] { 3, 7, 128, 9 })]
    [InlineData("YBR_FULL", new byte[] { 76, 85, 255, 150, 44, 21, 100, 90, 160, 200, 128, 128 }, new float[] { 254, 0, 145, 200 }, new float[] { 0, 255, 90, 200 }, new float[] { 0, 1, 33, 200 })]
    [InlineData("YBR_FULL_422", new byte[] { 100, 200, 90, 160, 100, 100, 128, 128 }, new float[] { 145, 245, 100, 100 }, new float[] { 90, 190, 100, 100 }, new float[] { 33, 133, 100, 100 })]
    public void Colours_of_DICOM_are_channels(string photometric, byte[] stored, float[] red, float[] green, float[] blue)
    {
        string path = SaveColor(photometric, stored);

        ImageSlice slice = Assert.Single(ImageSource.Read(path, new ImageReading { Channels = [new("b", "Color=Blue"), new("r", "color=RED"), new("g", "Color=Green")] }));

        float[][] found = [slice.OtherChannels[0].Pixels, slice.OtherChannels[1].Pixels, slice.Pixels];
        Assert.All(((float[][])[red, green, blue]).Zip(found), pair => Assert.All(pair.First.Zip(pair.Second), value => Assert.InRange(value.Second - value.First, -0.6f, 0.6f)));
    }

    [Fact]
    public void Colours_of_DICOM_are_imported_and_grey_images_have_none()
    {
        SaveColor("RGB", [1, 2, 3, 250, 20, 7, 0, 255, 128, 9, 9, 9]);
        Directory.CreateDirectory(_scan.Labels);
        using (FileStream mask = File.Create(Path.Combine(_scan.Labels, "P01.png")))
        {
            PngEncoder.WriteGrey8(mask, 2, 2, [0, 1, 1, 0]);
        }

        ImageChannel[] colors = [new("r", "Color=Red"), new("g", "Color=Green"), new("b", "Color=Blue")];
        Dataset dataset = _scan.Import(colors);
        string grey = Path.Combine(_scan.Images, "P01.dcm");
        File.WriteAllBytes(grey, DicomBytes.Part10().Image(2, 2).Pixels(1, 2, 3, 4).ToArray());

        Assert.Empty(dataset.Problems);
        Assert.Equal(3 * ChannelScan.InputSize * ChannelScan.InputSize, Assert.Single(dataset.Samples).Image().Length);
        Assert.Equal(ErrorIds.ImageColor, Assert.Single(_scan.Import(colors).Problems).Code);
    }

    [Theory]
    [InlineData("DICOM", "Volume=1", ErrorIds.ChannelMissing)]
    [InlineData("PNG", "Volume=1", ErrorIds.ChannelMissing)]
    [InlineData("NIfTI", "Color=Red", ErrorIds.ImageColor)]
    public void Channels_of_another_kind_of_file_are_refused(string format, string source, string expected)
    {
        Directory.CreateDirectory(_scan.Images);
        string path = format switch
        {
            "DICOM" => Path.Combine(_scan.Images, "P01.dcm"),
            "PNG" => Path.Combine(_scan.Images, "P01.png"),
            _ => ChannelScan.Image(0, 0).Save(_scan.Images, "P01.nii.gz"),
        };
        if (format == "DICOM")
        {
            File.WriteAllBytes(path, DicomBytes.Part10().Image(16, 16).Pixels(new ushort[256]).ToArray());
        }
        else if (format == "PNG")
        {
            using FileStream picture = File.Create(path);
            PngEncoder.WriteGrey8(picture, 16, 16, new byte[256]);
        }

        _scan.AddLabels("P01");
        ImageChannel[] channels = [new("T1", source)];

        Assert.Equal(expected, Assert.Single(_scan.Import(channels).Problems).Code);
        Assert.Equal(expected, Assert.Throws<FileFormatException>(() => ImageInspector.Describe(path, new ImageInspection { Channels = channels })).ErrorId);
        Assert.Equal(expected, Assert.Throws<FileFormatException>(() => ImageSource.Read(path, new ImageReading { Channels = channels }).ToArray()).ErrorId);
    }

    [Fact]
    public void A_palette_of_DICOM_has_colours()
    {
        DicomBytes file = DicomBytes.Part10().Image(1, 2, photometric: "PALETTE COLOR");
        for (ushort i = 0; i < 3; i++)
        {
            file.Element(0x0028, (ushort)(0x1101 + i), "US", [2, 0, 0, 0, 16, 0]);
        }

        for (ushort i = 0; i < 3; i++)
        {
            file.Element(0x0028, (ushort)(0x1201 + i), "OW", [(byte)(10 * i), 0, (byte)((10 * i) + 1), 0]);
        }

        string path = Path.Combine(_scan.Folder, "P01.dcm");
        File.WriteAllBytes(path, file.Pixels(1, 0).ToArray());

        DicomImage image = DicomImageReader.ReadFrames(path, buffer: null, [2, 0]).Single();

        Assert.Equal([21, 20], image.Pixels);
        Assert.Equal([1, 0], Assert.Single(image.OtherComponents));
    }

    [Fact]
    public void Each_channel_of_a_file_is_described_and_the_first_is_drawn()
    {
        string path = FourAxes().Save(_scan.Images, "P01.nii.gz");
        string picture = Path.Combine(_scan.Folder, "fat.png");
        var inspection = new ImageInspection { Hash = true, Channels = [.. s_volumes.Reverse()], Frame = 2, OutputPath = picture };

        ImageInfo[] found = [.. ImageInspector.Describe(path, inspection)];

        Assert.Equal([("fat", 506.0, picture), ("water", 304, null)], found.Select(info => (info.Channel, info.Real.Maximum, info.OutputPath)));
        Assert.NotEqual(found[0].Sha256, found[1].Sha256);
        string alone = ChannelScan.Image(1, 0).Save(_scan.Images, "P01_F.nii.gz");
        string expected = Path.Combine(_scan.Folder, "expected.png");
        ImageInfo plain = ImageInspector.Describe(alone, inspection with { Channels = [], OutputPath = expected })[0];
        Assert.Equal((plain.Sha256, plain.Real), (found[0].Sha256, found[0].Real));
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(picture));
        string color = SaveColor("RGB", [1, 2, 3, 250, 20, 7, 0, 255, 128, 9, 9, 9]);
        Assert.Equal([("r", 250.0), ("b", 128)], ImageInspector.Describe(color, new ImageInspection { Channels = [new("r", "Color=Red"), new("b", "Color=Blue")] }).Select(info => (info.Channel, info.Real.Maximum)));
        Assert.Equal(ErrorIds.FrameNotFound, Assert.Throws<MedSegException>(() => ImageInspector.Describe(path, inspection with { Frame = 4 })).ErrorId);
    }

    private static NiftiBytes FourAxes()
    {
        NiftiBytes water = ChannelScan.Image(0, 0);
        return water with { Counts = [.. water.Counts, 2], Voxels = [.. water.Voxels, .. ChannelScan.Image(1, 0).Voxels] };
    }

    private static DatasetOptions Options(DatasetFolder folder) =>
        new() { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, LabelNames = folder.LabelNames, Channels = folder.Channels, InputSize = ChannelScan.InputSize };

    private static Dataset Import(DatasetFolder folder) => DatasetImporter.Import(Options(folder), cancellationToken: TestContext.Current.CancellationToken);

    private string SaveColor(string photometric, byte[] stored)
    {
        Directory.CreateDirectory(_scan.Images);
        string path = Path.Combine(_scan.Images, "P01.dcm");
        File.WriteAllBytes(path, DicomBytes.Part10().Image(2, 2, allocated: 8, photometric: photometric, samples: 3).Element(0x7FE0, 0x0010, "OB", stored).ToArray());
        return path;
    }

    private void AddDecathlon(params string[] patients)
    {
        File.WriteAllText(Path.Combine(_scan.Folder, "dataset.json"), Json);
        foreach (string patient in patients)
        {
            FourAxes().Save(_scan.Folder, "imagesTr", $"{patient}.nii.gz");
            _scan.AddLabels(patient);
        }

        Directory.Move(_scan.Labels, Path.Combine(_scan.Folder, "labelsTr"));
    }
}
