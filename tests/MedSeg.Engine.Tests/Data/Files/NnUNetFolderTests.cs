using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;
using MedSeg.Tests.Volumes;
using MedSeg.Threading;

namespace MedSeg.Tests.Data.Files;

/// <summary>Data sets of nnU-Net and the decathlon.</summary>
public sealed class NnUNetFolderTests : IDisposable
{
    private const string Version2 = """{ "channel_names": { "0": "T2" }, "labels": { "psoas": 1, "background": 0, "multifidus": 2 }, "numTraining": 2, "file_ending": ".nii.gz" }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Version2, "_0000")]
    [InlineData("""{ "modality": { "0": "MRI" }, "labels": { "0": "background", "1": "psoas", "2": "multifidus" }, "training": [] }""", "")]
    public void A_data_set_is_imported_as_it_stands(string json, string channel)
    {
        Add(json, $"P01{channel}", $"P02{channel}");

        var folder = DatasetFolder.Find(_folder);
        Dataset dataset = DatasetImporter.Import(
            new DatasetOptions { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, LabelNames = folder.LabelNames, InputSize = 16 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["psoas", "multifidus"], dataset.LabelNames);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f1", "P01_f2", "P02_f1", "P02_f2"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(2, dataset.Patients);
    }

    [Fact]
    public void New_images_lose_the_number_of_their_channel()
    {
        Add(Version2, "P01_0000");
        string path = NiftiBytes.Counting(8, 8, 2).Save(_folder, "imagesTs", "P09_0000.nii.gz");

        Assert.Equal(["P09"], ScanFinder.Find([Path.GetDirectoryName(path)!], recurse: false, new ImageReading(), new EngineEvents { Error = e => throw e }, TestContext.Current.CancellationToken).Select(series => series.Name));
        Assert.Equal(["P09"], ScanFinder.Find([path], recurse: false, new ImageReading(), new EngineEvents { Error = e => throw e }, TestContext.Current.CancellationToken).Select(series => series.Name));
    }

    [Theory]
    [InlineData("""{ "labels": """, "DatasetJsonInvalid", "not valid JSON")]
    public void What_cannot_be_used_is_refused_by_name(string json, string errorId, string inMessage)
    {
        Add(json, "P01");

        MedSegException error = Assert.Throws<FileFormatException>(() => DatasetFolder.Find(_folder));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains("dataset.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_label_ignore_is_ignored()
    {
        Add("""{ "labels": { "background": 0, "psoas": 1, "ignore": 2 } }""", "P01_0000");

        var folder = DatasetFolder.Find(_folder);

        Assert.Equal(["psoas"], folder.LabelNames);
        Assert.Equal(2, folder.IgnoreLabel);
    }

    [Fact]
    public void A_second_channel_is_refused_by_name()
    {
        Add(Version2, "P01_0000", "P01_0001");

        MedSegException error = Assert.Throws<FileFormatException>(() => DataFiles.FindImages(Path.Combine(_folder, "imagesTr"), recurse: false, new HashSet<string>(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ErrorIds.ChannelsUnsupported, error.ErrorId);
        Assert.Contains("channel 0001 of P01_0000.nii.gz", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "labels": { "background": 0, "whole": [1, 2], "core": 2 } }""", "regions")]
    [InlineData("""{ "labels": { "background": 0, "psoas": 3 } }""", "numbers are not 1 to 1")]
    [InlineData("[]", "does not name the labels")]
    public void Labels_that_cannot_name_ROIs_are_mentioned(string json, string inNote)
    {
        Add(json, "P01_0000");

        var folder = DatasetFolder.Find(_folder);

        Assert.Empty(folder.LabelNames);
        Assert.Contains(inNote, folder.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dicoms", "labels")]
    [InlineData("images", "labels")]
    [InlineData("images", "masks")]
    public void Plain_folders_have_usual_names(string images, string labels)
    {
        Directory.CreateDirectory(Path.Combine(_folder, images));
        Directory.CreateDirectory(Path.Combine(_folder, labels));

        Assert.Equal(new DatasetFolder(Path.Combine(_folder, images), Path.Combine(_folder, labels)), DatasetFolder.Find(_folder) with { LabelNames = new DatasetFolder("", "").LabelNames });
    }

    private void Add(string json, params string[] images)
    {
        File.WriteAllText(Path.Combine(_folder, "dataset.json"), json);
        foreach (string name in images)
        {
            NiftiBytes.Counting(8, 8, 2).Save(_folder, "imagesTr", $"{name}.nii.gz");
            NiftiBytes labels = NiftiBytes.Counting(8, 8, 2);
            (labels with { Voxels = Array.ConvertAll(labels.Voxels, v => (short)(v % 3)) }).Save(_folder, "labelsTr", $"{name.Split('_')[0]}.nii.gz");
        }
    }
}
