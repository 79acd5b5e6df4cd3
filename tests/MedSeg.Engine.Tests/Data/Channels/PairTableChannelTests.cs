using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Channels of the images that a table lists: within them, or in columns.</summary>
public sealed class PairTableChannelTests : IDisposable
{
    private static readonly ImageChannel[] s_b = [new("b0", "DiffusionBValue=0"), new("b800", "DiffusionBValue=800")];
    private static readonly ImageChannel[] s_dixon = [new("water", "SeriesDescription=*_W"), new("fat", "SeriesDescription=*_F")];
    private static readonly ImageChannel[] s_columns = [new("water", "w"), new("fat", "f")];

    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    private string TablePath => Path.Combine(_scan.Folder, "pairs.csv");

    [Fact]
    public void Frames_of_a_file_are_channels_as_in_a_folder()
    {
        AddFrames("scan.dcm", 0, 800);
        _scan.AddVolume("drawn.nii.gz", count: 3);

        Dataset dataset = Import("image,mask,patient\ndicoms/scan.dcm,labels/drawn.nii.gz,Anna\n", s_b);

        File.Move(Path.Combine(_scan.Labels, "drawn.nii.gz"), Path.Combine(_scan.Labels, "scan.nii.gz"));
        Dataset expected = DatasetImporter.Import(Options(s_b), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(dataset.Problems);
        Assert.Equal(3, dataset.Count);
        Assert.Equal(expected.Samples.SelectMany(sample => sample.Image()), dataset.Samples.SelectMany(sample => sample.Image()));
        Assert.Equal(expected.Samples.Select(sample => sample.RoiPixels), dataset.Samples.Select(sample => sample.RoiPixels));
        Assert.Equal([SampleSelection.HashOf("Anna")], dataset.Samples.Select(sample => sample.Patient).Distinct());
        Assert.Equal([expected.Samples[0].ImagePath, expected.Samples[0].ImagePath], dataset.Samples[0].ChannelPaths);
    }

    [Fact]
    public void A_single_channel_of_a_file_is_its_frames_only()
    {
        AddFrames("scan.dcm", 0, 800);
        _scan.AddVolume("drawn.nii.gz", count: 3);

        Dataset dataset = Import("image,mask\ndicoms/scan.dcm,labels/drawn.nii.gz\n", s_b[1]);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["scan_f2", "scan_f4", "scan_f6"], dataset.Samples.Select(sample => sample.Name));
    }

    [Fact]
    public void Series_of_a_folder_are_channels_by_place()
    {
        AddSeries("P01", "W", "T2_dixon_W", 1).AddVolume("drawn.nii.gz", count: 3);
        AddSeries("P01", "F", "T2_dixon_F", 2);
        AddSeries("P01", "L", "localizer", 3);

        Dataset dataset = Import("image,mask\ndicoms/P01,labels/drawn.nii.gz\n", s_dixon);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01/W00", "P01/W01", "P01/W02"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(["W01.dcm", "F01.dcm"], dataset.Samples[1].ChannelPaths.Select(Path.GetFileName));
        Assert.Equal(SmallScan.PixelsOf(1), dataset.Samples[1].RoiPixels);
        Assert.NotEqual(dataset.Samples[1].Image()[..1024], dataset.Samples[1].Image()[1024..]);
    }

    [Fact]
    public void Each_column_may_name_a_folder_of_slices()
    {
        AddSeries("water", "IM", "in any words", 1).AddVolume("drawn.nii.gz", count: 3);
        AddSeries("fat", "X", "other words", 2);

        Dataset dataset = Import("w,f,mask\ndicoms/water,dicoms/fat,labels/drawn.nii.gz\n", s_columns);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["water/IM00", "water/IM01", "water/IM02"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(["IM02.dcm", "X02.dcm"], dataset.Samples[2].ChannelPaths.Select(Path.GetFileName));
        Assert.Equal(SmallScan.PixelsOf(2), dataset.Samples[2].RoiPixels);
    }

    [Fact]
    public void A_slice_without_a_channel_is_named_and_the_others_are_imported()
    {
        AddSeries("water", "IM", "W", 1).AddVolume("drawn.nii.gz", count: 3);
        AddSeries("fat", "X", "F", 2);
        File.Delete(Path.Combine(_scan.Dicoms, "fat", "X01.dcm"));

        Dataset dataset = Import("w,f,mask\ndicoms/water,dicoms/fat,labels/drawn.nii.gz\n", s_columns);

        LabelProblem problem = Assert.Single(dataset.Problems, problem => problem.Severity == LabelSeverity.Error);
        Assert.Equal((2, ErrorIds.ChannelMissing), (dataset.Count, problem.Code));
        Assert.Contains("IM01.dcm: There is no image of the channel 'fat' (f)", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_of_no_channel_is_a_problem_of_its_line_and_the_others_are_imported()
    {
        AddFrames("scan.dcm", 0, 800).AddVolume("drawn.nii.gz", count: 3);
        AddFrames("other.dcm", 50, 400);
        AddFrames("half.dcm", 0, 400);
        _scan.AddFile("volume.nii", File.ReadAllBytes(ChannelScan.Image(0, 0).Save(_scan.Folder, "v.nii")));

        Dataset dataset = Import("image,mask\ndicoms/scan.dcm,labels/drawn.nii.gz\ndicoms/other.dcm,labels/drawn.nii.gz\ndicoms/half.dcm,labels/drawn.nii.gz\ndicoms/volume.nii,labels/drawn.nii.gz\ndicoms,labels/drawn.nii.gz\n", s_b[0], s_b[1]);

        Assert.Equal(3, dataset.Count);
        Assert.Contains(dataset.Problems, problem => problem.Message.StartsWith($"{TablePath}, line 3: {Path.Combine(_scan.Dicoms, "other.dcm")}: The image is of none of the channels 'b0' (DiffusionBValue=0), 'b800'", StringComparison.Ordinal));
        Assert.Contains(dataset.Problems, problem => problem.Message.Contains("half.dcm: There is no image of the channel 'b800'", StringComparison.Ordinal));
        Assert.Contains(dataset.Problems, problem => problem.Message.StartsWith($"{TablePath}, line 5: {Path.Combine(_scan.Dicoms, "volume.nii")}: The image is of none", StringComparison.Ordinal) && problem.Advice!.Contains("Volume=1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dicoms/gone.dcm", "line 2: The image {0} of the channel 'fat' does not exist.")]
    [InlineData("dicoms/water", "line 2: The image {0} of the channel 'fat' is a folder, but that of the channel 'water' is a file.")]
    public void The_image_of_another_channel_that_cannot_be_is_a_problem_of_its_line(string fat, string finding)
    {
        AddSeries("water", "IM", "W", 1).AddMask("m.png", SmallScan.Mask(0));

        Dataset dataset = Import($"w,f,mask\ndicoms/water/IM00.dcm,{fat},labels/m.png\n", s_columns);

        Assert.Equal($"{TablePath}, {string.Format(System.Globalization.CultureInfo.InvariantCulture, finding, Path.GetFullPath(Path.Combine(_scan.Folder, fat)))}", Assert.Single(dataset.Problems).Message);
    }

    [Theory]
    [InlineData(ErrorIds.TableInvalid, "There is no column '_F', only 'image', 'mask', 'w'.", "w", "_F")]
    [InlineData(ErrorIds.TableInvalid, "There is no column 'fat/', only", "DiffusionBValue=0", "fat/")]
    [InlineData(ErrorIds.ChannelInvalid, "'a' is a column, but the channel 'b' (EchoTime=2) is chosen within images.", "w", "EchoTime=2")]
    [InlineData(ErrorIds.ChannelInvalid, "Some channels are volumes of one file", "Volume=1", "EchoTime=2")]
    [InlineData(ErrorIds.ChannelInvalid, "'Echo', which MedSeg does not know", "EchoTime=1", "Echo=2")]
    public void Sources_that_a_table_cannot_have_are_refused(string errorId, string finding, string first, string second)
    {
        File.WriteAllText(TablePath, "image,mask,w\na,b,c\n");

        MedSegException error = Assert.ThrowsAny<MedSegException>(() => PairTable.Read(TablePath, [new("a", first), new("b", second)]));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(finding, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Advice);
    }

    private SmallScan AddFrames(string name, int first, int second) =>
        _scan.AddFile(name, FrameScan.File([.. Enumerable.Range(0, 3).SelectMany(place => ((int, DicomBytes)[])[(place, FrameScan.BValue(first)), (place, FrameScan.BValue(second))])]));

    private SmallScan AddSeries(string folder, string prefix, string description, int series) => _scan.AddSeries(3, prefix: $"{folder}/{prefix}", change: (k, slice) => slice with
    {
        Series = $"2.25.9{series}",
        Number = (10 * series) + k,
        Description = description,
    });

    private Dataset Import(string table, params ImageChannel[] channels)
    {
        File.WriteAllText(TablePath, table);
        var folder = DatasetFolder.OfTable(TablePath, channels);
        return DatasetImporter.Import(Options(channels) with { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, Pairs = folder.Pairs }, cancellationToken: TestContext.Current.CancellationToken);
    }

    private DatasetOptions Options(params ImageChannel[] channels) => new() { DicomPath = _scan.Dicoms, LabelPath = _scan.Labels, InputSize = 32, LabelNames = ["A", "B"], Normalization = Normalization.None, Channels = channels };
}
