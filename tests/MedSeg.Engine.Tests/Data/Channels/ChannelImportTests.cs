using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Volumes;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Images of several channels: which files belong together, and what becomes of them.</summary>
public sealed class ChannelImportTests : IDisposable
{
    private readonly ChannelScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Fact]
    public void Each_channel_is_prepared_as_it_is_alone()
    {
        Dataset both = _scan.Add("P01").Add("P02").Import(ChannelScan.Channels);

        Assert.Empty(both.Problems);
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3", "P02_f1", "P02_f2", "P02_f3"], both.Samples.Select(sample => sample.Name));
        Assert.Equal(2, both.Patients);
        using var water = new ChannelScan();
        using var fat = new ChannelScan();
        ChannelScan.Image(0, 0).Save(water.Images, "P01.nii.gz");
        ChannelScan.Image(1, 0).Save(fat.Images, "P01.nii.gz");
        Sample first = water.AddLabels("P01").Import().Samples[1];
        Sample second = fat.AddLabels("P01").Import().Samples[1];
        Assert.Equal([.. first.Image(), .. second.Image()], both.Samples[1].Image());
        Assert.Equal(first.Roi(), both.Samples[1].Roi());
    }

    [Fact]
    public void The_order_of_the_channels_is_that_of_the_input()
    {
        _scan.Add("P01");

        float[] image = _scan.Import(ChannelScan.Channels).Samples[0].Image();
        float[] reversed = _scan.Import([.. ChannelScan.Channels.Reverse()]).Samples[0].Image();

        Assert.Equal([.. image[(image.Length / 2)..], .. image[..(image.Length / 2)]], reversed);
    }

    [Theory]
    [InlineData("_W", "fat", "_F")]
    [InlineData("_F", "water", "_W")]
    public void A_channel_that_is_missing_is_named(string only, string missing, string source)
    {
        _scan.Add("P01").AddLabels("P02");
        string path = ChannelScan.Image(0, 0).Save(_scan.Images, $"P02{only}.nii.gz");

        LabelProblem problem = Assert.Single(_scan.Import(ChannelScan.Channels).Problems);

        Assert.Equal(ErrorIds.ChannelMissing, problem.Code);
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        Assert.Contains($"'{missing}' ({source})", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_at_different_places_are_refused()
    {
        LabelProblem problem = Assert.Single(_scan.Add("P01", shift: 3).Import(ChannelScan.Channels).Problems.DistinctBy(problem => problem.Message));

        Assert.Equal(ErrorIds.ChannelPlaceDiffers, problem.Code);
        Assert.Contains("'fat' is up to 3 mm away from 'water'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_with_other_pixels_are_resampled_on_request()
    {
        // Twice the pixels in each direction of the same linear field, stored from the other end.
        static short Field(double x, double y, double z) => (short)((20 * x) + (8 * y) + (10 * z));
        short[] fine = [.. Enumerable.Range(0, 33 * 33 * 5).Select(i => Field(16 - (i % 33 / 2.0), i / 33 % 33 / 2.0, i / (33 * 33) * 2))];
        short[] coarse = [.. Enumerable.Range(0, 16 * 16 * 3).Select(i => Field(i % 16, i / 16 % 16, i / 256 * 4))];
        new NiftiBytes([33, 33, 5], fine) { Affine = [-0.5f, 0, 0, 16, 0, 0.5f, 0, 0, 0, 0, 2, 0], Sizes = [0.5f, 0.5f, 2] }.Save(_scan.Images, "P01_F.nii.gz");
        ChannelScan.Image(0, 0).Save(_scan.Images, "P01_W.nii.gz");
        (ChannelScan.Image(0, 0) with { Voxels = coarse }).Save(_scan.Images, "P01_C.nii.gz");
        _scan.AddLabels("P01");
        DatasetOptions options = _scan.Options([.. ChannelScan.Channels, new("coarse", "_C")]) with { InputSize = 16, Normalization = Normalization.None };

        Dataset refused = DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken);
        Dataset dataset = DatasetImporter.Import(options with { Preprocessing = options.Preprocessing with { ResampleChannels = true } }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(ErrorIds.ChannelPlaceDiffers, Assert.Single(refused.Problems).Code);
        Assert.Empty(dataset.Problems);
        Assert.All(dataset.Samples, sample =>
        {
            float[] image = sample.Image();
            Assert.All(image[256..512].Zip(image[512..]), pair => Assert.Equal(pair.Second, pair.First, 1.01f));
            Assert.NotEqual(image[..256], image[256..512]);
        });
    }

    [Fact]
    public void A_channel_that_covers_little_of_the_first_cannot_be_resampled()
    {
        DatasetOptions options = _scan.Add("P01", shift: 12).Options(ChannelScan.Channels);

        LabelProblem problem = DatasetImporter.Import(options with { Preprocessing = options.Preprocessing with { ResampleChannels = true } }, cancellationToken: TestContext.Current.CancellationToken).Problems.First();

        Assert.Equal(ErrorIds.ChannelPlaceDiffers, problem.Code);
        Assert.Contains("covers only 25 %", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shift_below_half_a_pixel_is_accepted() => Assert.Empty(_scan.Add("P01", shift: 0.4f).Import(ChannelScan.Channels).Problems);

    [Fact]
    public void Channels_may_be_in_folders()
    {
        ChannelScan.Image(0, 0).Save(_scan.Images, "water", "P01.nii.gz");
        ChannelScan.Image(1, 0).Save(_scan.Images, "fat", "P01.nii.gz");
        _scan.AddLabels("P01");

        Dataset dataset = DatasetImporter.Import(_scan.Options(new("water", "water/"), new("fat", "fat/")) with { Recurse = true }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["P01_f1", "P01_f2", "P01_f3"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(2 * ChannelScan.InputSize * ChannelScan.InputSize, dataset.Samples[0].Image().Length);
    }

    [Theory]
    [InlineData("SeriesDescription=*water*", "SeriesDescription=*fat*")]
    [InlineData("(0008,103E)=Dixon water", "(0008,103E)=Dixon FAT")]
    [InlineData(@"ImageType=*\WATER", @"ImageType=*\FAT")]
    public void Series_are_told_apart_by_an_attribute_and_matched_by_their_place(string water, string fat)
    {
        using SmallScan scan = new SmallScan()
            .AddSeries(3, change: (_, slice) => slice with { Description = "Dixon water", ImageType = @"ORIGINAL\PRIMARY\WATER" })
            .AddSeries(3, prefix: "T", change: (k, slice) => slice with { Number = 2 - k, Z = 3 * (2 - k), Series = "2.25.11", Description = "Dixon fat", ImageType = @"ORIGINAL\PRIMARY\FAT" })
            .AddSeries(3, prefix: "U", change: (_, slice) => slice with { Series = "2.25.12", Description = "localizer", ImageType = @"ORIGINAL\PRIMARY\OTHER" });
        foreach (int k in (int[])[0, 1, 2])
        {
            scan.AddMask($"S{k:00}.png", SmallScan.Mask(k));
        }

        var options = new DatasetOptions { DicomPath = scan.Dicoms, LabelPath = scan.Labels, InputSize = 32, Channels = [new("water", water), new("fat", fat)] };
        Dataset dataset = DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(dataset.Problems);
        Assert.Equal(["S00", "S01", "S02"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(3, dataset.PassedOver.Count(path => Path.GetFileName(path)[0] == 'U'));

        // The slices of both series at a place have the same number, and therefore the same pixels.
        Assert.All(dataset.Samples, sample => Assert.Equal(sample.Image()[..1024], sample.Image()[1024..]));
    }

    [Fact]
    public void Two_images_of_one_channel_at_one_place_are_refused()
    {
        using SmallScan scan = new SmallScan()
            .AddSeries(1, change: (_, slice) => slice with { Description = "water" })
            .AddSeries(1, prefix: "T", change: (_, slice) => slice with { Series = "2.25.11", Description = "fat" })
            .AddSeries(1, prefix: "U", change: (_, slice) => slice with { Series = "2.25.12", Description = "fat" })
            .AddMask("S00.png", SmallScan.Mask(0));
        var options = new DatasetOptions { DicomPath = scan.Dicoms, LabelPath = scan.Labels, InputSize = 32, Channels = [new("water", "SeriesDescription=water"), new("fat", "SeriesDescription=fat")] };

        MedSegException error = Assert.Throws<MedSegException>(() => DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ErrorIds.ChannelAmbiguous, error.ErrorId);
        Assert.Contains("T00.dcm", error.Message, StringComparison.Ordinal);
        Assert.Contains("U00.dcm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_of_nnUNet_names_its_channels()
    {
        string images = Path.Combine(_scan.Folder, "imagesTr");
        ChannelScan.Image(0, 0).Save(images, "case_0000.nii.gz");
        ChannelScan.Image(1, 0).Save(images, "case_0001.nii.gz");
        _scan.AddLabels("case");
        Directory.Move(_scan.Labels, Path.Combine(_scan.Folder, "labelsTr"));
        File.WriteAllText(Path.Combine(_scan.Folder, "dataset.json"), """{ "channel_names": { "0": "T1", "1": "T2" }, "labels": { "background": 0, "muscle": 1 }, "file_ending": ".nii.gz" }""");

        var folder = DatasetFolder.Find(_scan.Folder);
        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, Channels = folder.Channels, InputSize = 16 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([new ImageChannel("T1", "_0000"), new ImageChannel("T2", "_0001")], folder.Channels);
        Assert.Empty(dataset.Problems);
        Assert.Equal(3, dataset.Count);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("tif")]
    public void Colours_are_channels(string extension)
    {
        Directory.CreateDirectory(_scan.Images);
        Directory.CreateDirectory(_scan.Labels);
        byte[] red = [.. Enumerable.Range(0, 16 * 16).Select(i => (byte)i)];
        byte[] green = [.. red.Select(value => (byte)(255 - value))];
        byte[] blue = [.. red.Select(value => (byte)(value / 2))];
        byte[] rgb = [.. red.SelectMany((value, i) => (byte[])[value, green[i], blue[i]])];
        byte[] content = extension == "png" ? RgbFile.Png(16, 16, rgb) : RgbFile.Tiff(16, 16, rgb);
        File.WriteAllBytes(Path.Combine(_scan.Images, $"P01.{extension}"), content);
        using (FileStream mask = File.Create(Path.Combine(_scan.Labels, "P01.png")))
        {
            MedSeg.Formats.Png.PngEncoder.WriteGrey8(mask, 16, 16, [.. red.Select(value => (byte)(value > 100 ? 1 : 0))]);
        }

        DatasetOptions options = _scan.Options(new("b", "color=BLUE"), new("r", "Color=Red"), new("g", "Color=Green")) with { InputSize = 16, Normalization = Normalization.None };
        Sample sample = Assert.Single(DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken).Samples);

        Assert.Equal([.. blue.Select(v => (float)v), .. red.Select(v => (float)v), .. green.Select(v => (float)v)], sample.Image());
        Assert.Equal(ErrorIds.ChannelInvalid, Assert.Throws<MedSegException>(() => _scan.Import(new("r", "Color=Red"), new("w", "_W"))).ErrorId);
    }

    [Fact]
    public void A_table_may_have_a_column_for_each_channel()
    {
        ChannelScan.Image(0, 0).Save(_scan.Images, "a.nii.gz");
        ChannelScan.Image(1, 0).Save(_scan.Images, "b.nii.gz");
        _scan.AddLabels("c");
        string table = Path.Combine(_scan.Folder, "pairs.csv");
        File.WriteAllText(table, "Fat image;mask;water\nimages/b.nii.gz;labels/c.nii.gz;images/a.nii.gz\n");
        ImageChannel[] channels = [new("water", "water"), new("fat", "fat_image")];

        var folder = DatasetFolder.OfTable(table, channels);
        Dataset dataset = DatasetImporter.Import(_scan.Options(channels) with { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, Pairs = folder.Pairs }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(dataset.Problems);
        Assert.Equal(_scan.Add("P01").Import(ChannelScan.Channels).Samples[1].Image(), dataset.Samples[1].Image());
        File.WriteAllText(table, "Fat image;mask;water;fold;sex\nimages/b.nii.gz;labels/c.nii.gz;images/a.nii.gz;2;f\nimages/e.nii.gz;labels/c.nii.gz;images/d.nii.gz;1;f\n");
        Assert.Equal([2, 2, 2], MedSeg.Training.Splits.FoldFile.Read(table, dataset.Samples));
        Assert.Contains("no column 'b0'", Assert.Throws<FileFormatException>(() => DatasetFolder.OfTable(table, [new("x", "b0")])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_W", "_F", "P01_W.nii.gz", "P01_F.nii.gz")]
    [InlineData("water/", "fat/", "water/P01.nii.gz", "fat/P01.nii.gz")]
    public void A_file_is_described_with_the_name_of_its_channel(string water, string fat, string first, string second)
    {
        string[] paths = [ChannelScan.Image(0, 0).Save(_scan.Images, first), ChannelScan.Image(1, 0).Save(_scan.Images, second)];
        var inspection = new ImageInspection { Channels = [new("water", water), new("fat", fat)] };

        Assert.Equal(["water", "fat"], paths.Select(path => Assert.Single(ImageInspector.Describe(path, inspection)).Channel));
        Assert.Equal(ErrorIds.ChannelMissing, Assert.Throws<MedSegException>(() => ImageInspector.Describe(ChannelScan.Image(0, 0).Save(_scan.Images, "P02.nii.gz"), inspection)).ErrorId);
        Assert.Null(ImageInspector.Describe(paths[0], hash: false).Channel);
    }

    [Theory]
    [InlineData("ChannelInvalid", "water=_W", "WATER=_F")]
    [InlineData("ChannelInvalid", "water=_W", "fat=_w")]
    [InlineData("ChannelInvalid", "water=Colour=red", "fat=_F")]
    [InlineData("ChannelMissing", "water=_X", "fat=_Y")]
    [InlineData("ChannelCountInvalid", "1=a", "2=b", "3=c", "4=d", "5=e", "6=f", "7=g", "8=h", "9=i")]
    public void Channels_that_cannot_be_are_refused(string errorId, params string[] channels)
    {
        _scan.Add("P01");

        MedSegException error = Assert.Throws<MedSegException>(() => _scan.Import([.. channels.Select(text => new ImageChannel(text.Split('=')[0], text[(text.IndexOf('=') + 1)..]))]));

        Assert.Equal(errorId, error.ErrorId);
    }

    [Fact]
    public void The_cache_holds_all_channels_and_notices_that_one_has_changed()
    {
        DatasetOptions options = _scan.Add("P01").Options(ChannelScan.Channels) with { Cache = DatasetCache.Disk };
        Dataset Import() => DatasetImporter.Import(options, cancellationToken: TestContext.Current.CancellationToken);
        float[] decoded = Import().Samples[2].Image();

        Dataset again = Import();

        Assert.Equal((1, 0), (again.Cache!.Taken, again.Cache.Decoded));
        Assert.Equal(decoded, again.Samples[2].Image());
        Assert.Equal(decoded, _scan.Import(ChannelScan.Channels).Samples[2].Image());
        (ChannelScan.Image(1, 0) with { Voxels = ChannelScan.Image(0, 0).Voxels }).Save(_scan.Images, "P01_F.nii.gz");
        Dataset changed = Import();
        Assert.Equal((0, 1), (changed.Cache!.Taken, changed.Cache.Decoded));
        Assert.NotEqual(decoded, changed.Samples[2].Image());
    }
}
