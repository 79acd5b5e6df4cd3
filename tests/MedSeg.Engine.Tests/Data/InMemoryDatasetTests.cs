using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Data;

/// <summary>Data sets of arrays.</summary>
public sealed class InMemoryDatasetTests : IDisposable
{
    private static readonly InMemoryDatasetOptions s_options = new() { LabelNames = ["Left", "Right"], InputSize = 32 };
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Arrays_become_the_samples_that_their_files_become()
    {
        using var set = new Caching.SmallSet(pairs: 4);
        Dataset files = set.Import(set.Options(DatasetCache.Memory, ["A", "B"]));
        LabeledSlice[] slices = [.. files.Samples.Select((sample, i) => FromFile(set, sample, $"Patient-{i / 2}"))];

        Dataset arrays = InMemoryDataset.Create(slices, new InMemoryDatasetOptions { LabelNames = ["A", "B"], InputSize = Caching.SmallSet.Side }, TestContext.Current.CancellationToken);

        Assert.Equal((4, 2), (arrays.Count, arrays.Patients));
        Assert.Equal(files.LabelNames, arrays.LabelNames);
        Assert.All(files.Samples.Zip(arrays.Samples), pair =>
        {
            Assert.Equal(pair.First.Image(), pair.Second.Image());
            Assert.Equal(pair.First.Roi(), pair.Second.Roi());
            Assert.Equal((pair.First.Name, pair.First.Rows, pair.First.Columns, pair.First.Spacing), (pair.Second.Name, pair.Second.Rows, pair.Second.Columns, pair.Second.Spacing));
            Assert.Equal(pair.First.RoiPixels, pair.Second.RoiPixels);
            Assert.Equal(pair.First.RoiParts, pair.Second.RoiParts);
            Assert.Equal(pair.First.Spread, pair.Second.Spread);
        });
    }

    [Fact]
    public void Arrays_train_a_model()
    {
        Dataset dataset = InMemoryDataset.Create(Enumerable.Range(0, 4).Select(i => Slice($"s{i}", $"p{i / 2}")), s_options, TestContext.Current.CancellationToken);

        var trainer = new Trainer(dataset, new TrainingOptions { Epochs = 1, BaseWidth = 2, BatchSize = 2 }, new RunOptions { OutputPath = _folder, Device = "cpu" });
        EpochRecord epoch = Assert.Single(trainer.Run(null, TestContext.Current.CancellationToken));

        Assert.True(File.Exists(epoch.ModelPath));
        Assert.All(dataset.Samples, sample => Assert.DoesNotMatch("^p[01]$", sample.Patient));
    }

    [Theory]
    [InlineData("LabelAboveRange")]
    [InlineData("LabelSizeMismatch")]
    [InlineData("ImageNotFinite")]
    [InlineData("NameTwice")]
    public void Slice_that_cannot_be_used_is_an_error_that_names_it(string id)
    {
        LabeledSlice slice = Slice("mine", "p");
        LabeledSlice bad = id switch
        {
            "LabelAboveRange" => slice with { Mask = [.. slice.Mask[1..], 3] },
            "LabelSizeMismatch" => slice with { Mask = slice.Mask[1..] },
            "ImageNotFinite" => slice with { Image = slice.Image with { Pixels = [float.NaN, .. slice.Image.Pixels[1..]] } },
            _ => slice,
        };

        MedSegException error = Assert.Throws<MedSegException>(() => InMemoryDataset.Create(id == "NameTwice" ? [slice, bad] : [bad], s_options, TestContext.Current.CancellationToken));

        Assert.Equal(id, error.ErrorId);
        Assert.StartsWith("mine: ", error.Message, StringComparison.Ordinal);
    }

    private static LabeledSlice FromFile(Caching.SmallSet set, Sample sample, string patient)
    {
        MedSeg.Dicom.DicomImage image = MedSeg.Dicom.DicomImageReader.Read(set.ImagePath(sample.Name));
        return new LabeledSlice(SliceImage.FromDicom(image, sample.Name), sample.Pixels!.ReadTruth().Unpack(), patient);
    }

    private static LabeledSlice Slice(string name, string patient)
    {
        byte[] mask = [.. Enumerable.Range(0, 40 * 24).Select(i => (byte)(i % 24 is > 4 and < 10 ? 1 : i % 24 is > 14 and < 20 ? 2 : 0))];
        var image = new SliceImage { Name = name, Rows = 40, Columns = 24, Pixels = [.. mask.Select((v, i) => (100f * v) + (i % 7))], Spacing = new PixelSpacing(1, 1) };
        return new LabeledSlice(image, mask, patient);
    }
}
