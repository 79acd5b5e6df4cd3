using System.Text;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Labels;
using MedSeg.Tests.Formats.ImageJ;
using MedSeg.Tests.Formats.Outlines;

namespace MedSeg.Tests.Data.Files;

/// <summary>ROIs of ImageJ, LabelMe and COCO, and tables of labels, in a folder of masks.</summary>
public sealed class OutlineImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    private string Images => Path.Combine(_folder, "images");

    private string Labels => Path.Combine(_folder, "labels");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DatasetCache.Memory)]
    [InlineData(DatasetCache.Disk)]
    public void An_ROI_set_gives_each_page_of_a_stack_its_mask(DatasetCache cache)
    {
        SaveStack("P01", 3);
        Copy(ImageJData.PathOf("RoiSet.zip"), "P01.zip");

        for (int time = 0; time < 2; time++)
        {
            Dataset set = Import(options => options with { Cache = cache });

            Assert.Equal(["disc", "psoas"], set.LabelNames);
            Assert.Equal([99L, 108, 117], set.Samples.Select(sample => sample.RoiPixels[1]));
            Assert.All(set.Samples, sample => Assert.InRange(sample.RoiPixels[2], 120, 140));

            // The line in the set encloses nothing.
            Assert.Equal(ErrorIds.OutlineSkipped, Assert.Single(set.Samples.SelectMany(sample => sample.Problems), problem => problem.Severity != LabelSeverity.Notice).Code);
        }
    }

    [Fact]
    public void Single_ROIs_and_suffixes_pair_by_name()
    {
        SaveStack("P01", 1);
        Copy(ImageJData.PathOf("named.roi"), "P01_RoiSet.roi");

        Dataset set = Import(options => options with { MaskSuffix = "_RoiSet", LabelNames = ["disc", "Psoas é"] });

        Sample sample = Assert.Single(set.Samples);
        Assert.DoesNotContain(sample.Problems, problem => problem.Severity != LabelSeverity.Notice);
        Assert.True(sample.RoiPixels[2] > 300);
    }

    [Fact]
    public void A_hundred_thousand_names_are_refused_with_some_of_them()
    {
        SaveStack("P01", 1);
        var shapes = Enumerable.Range(1, 100_000).Select(i => $$"""{"label":"ROI {{i}}","points":[[2,3],[7,3],[7,9]],"shape_type":"polygon"}""");
        Directory.CreateDirectory(Labels);
        File.WriteAllText(Path.Combine(Labels, "P01.json"), $$"""{"imageHeight":20,"imageWidth":30,"shapes":[{{string.Join(',', shapes)}}]}""");

        MedSegException error = Assert.Throws<MedSegException>(() => Import());

        Assert.Equal(ErrorIds.RoiCountInvalid, error.ErrorId);
        Assert.StartsWith($"{Labels}: The masks name 100000 ROIs, such as 'ROI 1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ROIs_of_a_stack_do_not_fit_a_single_image()
    {
        SaveStack("P01", 1);
        Copy(ImageJData.PathOf("RoiSet.zip"), "P01.zip");

        LabelProblem problem = Assert.Single(Assert.Single(Import().Samples).Problems);

        Assert.Equal(ErrorIds.LabelFrames, problem.Code);
        Assert.Contains("'psoas' was drawn on slice 2", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ROIs_without_a_slice_do_not_fit_a_stack()
    {
        SaveStack("P01", 2);
        Copy(ImageJData.PathOf("named.roi"), "P01.roi");

        Assert.Contains("does not state its slice", Assert.Single(Assert.Single(Import().Samples).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_COCO_file_has_the_masks_of_many_images()
    {
        Copy(Path.Combine(OutlineFileTests.Folder, "coco.json"), "annotations.json");
        foreach ((string name, int rows, int columns) in ((string, int, int)[])[("P01", 38, 32), ("P02", 22, 39), ("P03", 22, 33), ("P04", 20, 22), ("P05", 20, 36), ("P06", 22, 31)])
        {
            SaveImage(name, rows, columns);
        }

        Dataset set = Import();

        Assert.Equal(["disc", "psoas"], set.LabelNames);
        Assert.Equal(6, set.Samples.Count);
        Assert.All(set.Samples.Take(5), sample => Assert.True(sample.IsUsable && sample.RoiPixels[1] + sample.RoiPixels[2] > 0));

        // The last image has one column less than the file states.
        Assert.Equal(ErrorIds.LabelSizeMismatch, Assert.Single(set.Samples[5].Problems).Code);
    }

    [Fact]
    public void Labels_of_LabelMe_have_the_same_number_in_all_files()
    {
        SaveImage("P01", 20, 30);
        SaveImage("P02", 20, 30);
        SaveLabelMe("P01", ("psoas", 2, 3), ("disc", 15, 3));
        SaveLabelMe("P02", ("vertebra", 2, 3), ("PSOAS", 15, 3));
        File.WriteAllText(Path.Combine(Labels, "about.json"), "{\"author\":\"x\"}");

        Dataset set = Import();

        Assert.Equal(["disc", "psoas", "vertebra"], set.LabelNames);
        Assert.Equal([[520L, 40, 40, 0], [520, 0, 40, 40]], set.Samples.Select(sample => sample.RoiPixels));
    }

    [Fact]
    public void Shapes_that_overlap_are_told()
    {
        SaveImage("P01", 20, 30);
        SaveLabelMe("P01", ("psoas", 2, 3), ("disc", 4, 3));

        LabelProblem problem = Assert.Single(Assert.Single(Import().Samples).Problems);

        Assert.Equal((ErrorIds.LabelOverlap, 30L), (problem.Code, problem.Pixels));
    }

    [Theory]
    [InlineData("labels.label", "0 0 0 0 0 0 0 \"Clear Label\"\n1 255 0 0 1 1 1 \"psoas left\"\n2 0 255 0 1 1 1 \"disc\"\n3 0 0 255 1 1 1 \"unused\"\n")]
    [InlineData("names.ctbl", "0 Background 0 0 0 0\n1 psoas_left 255 0 0 255\n2 disc 0 255 0 255\n3 unused 0 0 255 255\n")]
    public void A_table_names_the_values_and_colours_of_masks(string name, string table)
    {
        Directory.CreateDirectory(Labels);
        File.WriteAllText(Path.Combine(Labels, name), table);
        byte[] mask = [.. Enumerable.Range(0, 20 * 30).Select(i => (byte)(i < 90 ? 1 : i < 150 ? 2 : 0))];
        SaveImage("P01", 20, 30);
        SaveImage("P02", 20, 30);
        using (FileStream stream = File.Create(Path.Combine(Labels, "P01.npy")))
        {
            NpyFile.Write(stream, 20, 30, mask);
        }

        File.WriteAllBytes(Path.Combine(Labels, "P02.tif"), RgbTiff(20, 30, [.. mask.SelectMany(value => value switch { 1 => new byte[] { 255, 0, 0 }, 2 => [0, 255, 0], _ => [0, 0, 0] })]));

        Dataset set = Import();

        Assert.Equal(["psoas left", "disc"], set.LabelNames);
        Assert.All(set.Samples, sample => Assert.Equal([450L, 90, 60], sample.RoiPixels));
    }

    private Dataset Import(Func<DatasetOptions, DatasetOptions>? change = null)
    {
        var options = new DatasetOptions { DicomPath = Images, LabelPath = Labels, InputSize = 32 };
        return DatasetImporter.Import(change?.Invoke(options) ?? options);
    }

    private void Copy(string path, string name)
    {
        Directory.CreateDirectory(Labels);
        File.Copy(path, Path.Combine(Labels, name));
    }

    private void SaveImage(string name, int rows, int columns)
    {
        Directory.CreateDirectory(Images);
        using FileStream stream = File.Create(Path.Combine(Images, name + ".png"));
        PngEncoder.WriteGrey8(stream, rows, columns, [.. Enumerable.Range(0, rows * columns).Select(i => (byte)(i % 200))]);
    }

    private void SaveStack(string name, int pages)
    {
        // A grey TIFF, as ImageJ's, is an array for the test's purpose.
        Directory.CreateDirectory(Images);
        using FileStream stream = File.Create(Path.Combine(Images, name + ".npy"));
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '|u1', 'fortran_order': False, 'shape': ({pages}, 40, 48), }}".PadRight(117) + "\n");
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
        stream.Write([.. Enumerable.Range(0, pages * 40 * 48).Select(i => (byte)(i % 199))]);
    }

    private void SaveLabelMe(string name, params (string Label, int Left, int Top)[] boxes)
    {
        string shapes = string.Join(',', boxes.Select(box => $$"""{"label":"{{box.Label}}","shape_type":"rectangle","points":[[{{box.Left}},{{box.Top}}],[{{box.Left + 8}},{{box.Top + 5}}]]}"""));
        Directory.CreateDirectory(Labels);
        File.WriteAllText(Path.Combine(Labels, name + ".json"), $$"""{"imageHeight":20,"imageWidth":30,"shapes":[{{shapes}}]}""");
    }

    private static byte[] RgbTiff(int rows, int columns, byte[] pixels)
    {
        (int Tag, int Type, int Count, int Value)[] entries =
        [
            (256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 128), (277, 3, 1, 3), (278, 4, 1, rows), (279, 4, 1, pixels.Length),
        ];
        byte[] directory = [.. entries.SelectMany(entry => (byte[])[.. BitConverter.GetBytes((ushort)entry.Tag), .. BitConverter.GetBytes((ushort)entry.Type), .. BitConverter.GetBytes(entry.Count), .. BitConverter.GetBytes(entry.Value)])];
        return [.. "II*\0"u8, 8, 0, 0, 0, (byte)entries.Length, 0, .. directory, 0, 0, 0, 0, 8, 0, 8, 0, 8, 0, .. pixels];
    }
}
