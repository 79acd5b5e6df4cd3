using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Dicom;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Channels that are frames of one enhanced multi-frame DICOM file: b-values, water and fat, echoes, magnitude and phase.</summary>
public sealed class FrameChannelTests : IDisposable
{
    // The place of each frame, and of which channel it is: in no order.
    private static readonly (int Place, int Channel)[] s_frames = [(2, 0), (2, 1), (0, 1), (1, 0), (0, 0), (1, 1)];

    private static readonly ImageChannel[] s_b = [new("b0", "DiffusionBValue=0"), new("b800", "DiffusionBValue=800")];

    private readonly SmallScan _scan = new();

    public static TheoryData<string, string, string> Sources => new()
    {
        { "b", "DiffusionBValue=0", "DiffusionBValue=800" },
        { "b", "(0018,9087)=0", "(0018,9087)=800" },
        { "kind", @"ImageType=*\WATER", @"ImageType=*\FAT" },
        { "kind", @"FrameType=*\water", @"FrameType=*\fat" },
        { "kind", "EchoTime=1.2", "EchoTime=2.4" },
        { "kind", "EffectiveEchoTime=1.2", "EffectiveEchoTime=2.40" },
        { "kind", "ComplexImageComponent=MAGNITUDE", "ComplexImageComponent=PHASE" },
    };

    public void Dispose() => _scan.Dispose();

    [Theory]
    [MemberData(nameof(Sources))]
    public void Frames_of_one_file_are_channels_by_an_attribute_of_their_own(string kind, string first, string second)
    {
        string path = Save(kind);
        _scan.AddVolume("P01.nii.gz", count: 3);
        ImageChannel[] channels = [new("first", first), new("second", second)];

        Dataset dataset = Import(channels);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f5", "P01_f4", "P01_f1"], dataset.Samples.Select(sample => sample.Name));
        for (int place = 0; place < 3; place++)
        {
            ushort[][] expected = [.. Enumerable.Range(0, 2).Select(channel => FrameScan.Pixels(Array.IndexOf(s_frames, (place, channel))))];
            ImageSlice slice = ImageSource.Read(path, [path, path], new ImageReading { Channels = channels }).ElementAt(place);
            Assert.Equal(expected[0].Select(value => (float)value), slice.Pixels);
            Assert.Equal(expected[1].Select(value => (float)value), Assert.Single(slice.OtherChannels).Pixels);
            Assert.Equal(SmallScan.PixelsOf(place), dataset.Samples[place].RoiPixels);
            Assert.Equal([path, path], dataset.Samples[place].ChannelPaths);
        }
    }

    [Fact]
    public void Segmentation_reads_the_same_frames()
    {
        string path = Save("b");
        foreach (bool isResampled in (bool[])[false, true])
        {
            var reading = new ImageReading { Channels = [s_b[1], s_b[0]], ResampleChannels = isResampled };

            ScanSeries series = Assert.Single(ScanFinder.Find([_scan.Dicoms], recurse: false, reading, new EngineEvents { Error = error => throw error }, TestContext.Current.CancellationToken));
            var reader = new ScanReader(reading);

            Assert.Equal([(2, "P01_f3"), (5, "P01_f6"), (1, "P01_f2")], series.Slices.Select(slice => (slice.Frame, slice.Name)));
            for (int place = 0; place < 3; place++)
            {
                ImageSlice slice = reader.Read(series.Slices[place]);
                Assert.Equal(FrameScan.Pixels(Array.IndexOf(s_frames, (place, 1))).Select(value => (float)value), slice.Pixels);
                float[] other = Assert.Single(slice.OtherChannels).Pixels;
                Assert.All(FrameScan.Pixels(Array.IndexOf(s_frames, (place, 0))).Zip(other), pair => Assert.Equal(pair.First, pair.Second, isResampled ? 1e-3 : 0));
            }
        }

        Assert.Equal([path, path], Assert.Single(ScanFinder.Find([path], recurse: false, new ImageReading { Channels = s_b }, new EngineEvents { Error = error => throw error }, TestContext.Current.CancellationToken)).Slices[0].Channels);
    }

    [Fact]
    public void A_single_channel_is_its_frames_only()
    {
        Save("b");
        _scan.AddVolume("P01.nii.gz", count: 3);

        Dataset dataset = Import(s_b[1]);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f3", "P01_f6", "P01_f2"], dataset.Samples.Select(sample => sample.Name));
    }

    [Fact]
    public void Channels_may_be_in_files_with_more_frames_of_their_own()
    {
        _scan.AddFile("A.dcm", FrameScan.File([(0, FrameScan.BValue(0)), (1, FrameScan.BValue(0)), (1, FrameScan.BValue(50)), (0, FrameScan.BValue(50))]));
        _scan.AddFile("B.dcm", FrameScan.File([(0, FrameScan.Kind("A")), (1, FrameScan.Kind("A"))], FrameScan.BValue(800)));
        _scan.AddVolume("A.nii.gz", count: 2);

        Dataset dataset = Import(s_b);

        Assert.Empty(dataset.Problems.Select(problem => problem.Message));
        Assert.Equal(["A_f1", "A_f2"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(["A.dcm", "B.dcm"], dataset.Samples[0].ChannelPaths.Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_of_one_frame_has_a_binary_number()
    {
        _scan.AddSeries(2, change: (_, slice) => slice with { Extra = new DicomBytes().Element(0x0018, 0x9087, "FD", BitConverter.GetBytes(0.0)).ToArray() });
        _scan.AddSeries(2, prefix: "T", change: (_, slice) => slice with { Series = "2.25.11", Extra = new DicomBytes().Element(0x0018, 0x9087, "FD", BitConverter.GetBytes(800.0)).ToArray() });
        _scan.AddMask("S00.png", SmallScan.Mask(0)).AddMask("S01.png", SmallScan.Mask(1));

        Dataset dataset = Import(s_b);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["S00", "S01"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(["S01.dcm", "T01.dcm"], dataset.Samples[1].ChannelPaths.Select(Path.GetFileName));
    }

    [Fact]
    public void Two_frames_of_a_channel_at_one_place_are_refused_until_they_are_told_apart()
    {
        (int, DicomBytes)[] frames =
        [
            (0, FrameScan.BValue(0)), (0, FrameScan.BValue(800, "DIRECTIONAL")), (0, FrameScan.BValue(800)),
            (1, FrameScan.BValue(0)), (1, FrameScan.BValue(800, "DIRECTIONAL")), (1, FrameScan.BValue(800)),
        ];
        _scan.AddFile("P01.dcm", FrameScan.File(frames)).AddVolume("P01.nii.gz", count: 2);

        LabelProblemText problem = Problem(Import(s_b));

        Assert.Equal(ErrorIds.ChannelAmbiguous, problem.Code);
        Assert.Contains("Frames 2 and 3 are both of the channel 'b800'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("DiffusionDirectionality", problem.Advice, StringComparison.Ordinal);
        Assert.Empty(Import(new ImageChannel("directed", "DiffusionDirectionality=DIRECTIONAL")).Problems);
    }

    [Fact]
    public void A_frame_of_two_channels_is_refused()
    {
        Save("b");
        _scan.AddVolume("P01.nii.gz", count: 3);

        MedSegException error = Assert.Throws<MedSegException>(() => Import(new ImageChannel("a", "DiffusionBValue=8*"), new ImageChannel("b", "DiffusionBValue=800")));

        Assert.Equal(ErrorIds.ChannelAmbiguous, error.ErrorId);
        Assert.Contains("Frame 2 is of two channels, 'a' and 'b'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_channel_with_fewer_frames_is_an_error()
    {
        _scan.AddFile("P01.dcm", FrameScan.File([(0, FrameScan.BValue(0)), (1, FrameScan.BValue(0)), (0, FrameScan.BValue(800))])).AddVolume("P01.nii.gz", count: 2);

        Assert.Contains("'b800' has 1 slices, but there are 2 in 'b0'", Problem(Import(s_b)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_channel_is_described_and_drawn()
    {
        string path = Save("b");
        string picture = Path.Combine(_scan.Folder, "b0.png");

        ImageInfo[] found = [.. ImageInspector.Describe(path, new ImageInspection { Channels = s_b, Frame = 3, OutputPath = picture })];
        ImageInfo single = Assert.Single(ImageInspector.Describe(path, new ImageInspection { Channels = [s_b[1]] }));

        Assert.Equal([("b0", 3, 490.0), ("b800", 3, 590)], found.Select(info => (info.Channel, info.Frames, info.Real.Maximum)));
        Assert.Equal((found[1].Channel, found[1].Real), (single.Channel, single.Real));
        Assert.True(File.Exists(picture));
    }

    private static LabelProblemText Problem(Dataset dataset) => Assert.Single(dataset.Problems.Select(problem => new LabelProblemText(problem.Code, problem.Message, problem.Advice!)).Distinct());

    private Dataset Import(params ImageChannel[] channels) => DatasetImporter.Import(
        new DatasetOptions { DicomPath = _scan.Dicoms, LabelPath = _scan.Labels, InputSize = 32, LabelNames = ["A", "B"], Channels = channels }, cancellationToken: TestContext.Current.CancellationToken);

    private string Save(string kind)
    {
        _scan.AddFile("P01.dcm", FrameScan.File([.. s_frames.Select(frame => (frame.Place, kind == "b" ? FrameScan.BValue(800 * frame.Channel) : frame.Channel == 0 ? FrameScan.Kind(@"ORIGINAL\PRIMARY\DIXON\WATER", echo: 1.2) : FrameScan.Kind(@"ORIGINAL\PRIMARY\DIXON\FAT", "PHASE", 2.4)))]));
        return Path.Combine(_scan.Dicoms, "P01.dcm");
    }

    private sealed record LabelProblemText(string Code, string Message, string Advice);
}
