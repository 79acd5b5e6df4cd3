using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Labels;
using MedSeg.Tests.Inference;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Files;

/// <summary>PNG, TIFF and .npy files as images.</summary>
public sealed class PictureImportTests : IDisposable
{
    private const int Rows = 12;
    private const int Columns = 20;

    private readonly ScanFolder _folder = new();

    private static byte[] Grey { get; } = [.. Enumerable.Range(0, Rows * Columns).Select(i => (byte)(i % 200))];

    private static byte[] Mask { get; } = [.. Enumerable.Range(0, Rows * Columns).Select(i => (byte)(i % Columns is >= 5 and < 9 && i / Columns is 3 or 4 ? 1 : 0))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("P01/S01.png")]
    [InlineData("P01/S01.npy")]
    [InlineData("P01/S01.tif")]
    public void A_picture_and_its_mask_become_a_sample(string name)
    {
        Save("images/" + name, Grey);
        Save("labels/P01/S01.png", Mask);

        Sample sample = Assert.Single(Import(new PixelSpacing(0.5, 0.25)).Samples);

        Assert.Empty(sample.Problems);
        Assert.Equal("P01/S01", sample.Name);
        Assert.Equal([(Rows * Columns) - 8L, 8], sample.RoiPixels);
        Assert.Equal(new PixelSpacing(0.5, 0.25), sample.Spacing);
    }

    [Fact]
    public void Values_are_those_of_the_file()
    {
        Save("images/S01.png", Grey);
        Save("images/S01.npy", Grey);
        Save("images/S01.tif", Grey);

        foreach (string path in Directory.GetFiles(_folder.PathOf("images")))
        {
            ImageSlice slice = Assert.Single(PictureFile.Read(path, null));
            Assert.Equal(Array.ConvertAll(Grey, v => (float)v), slice.Pixels);
        }
    }

    [Fact]
    public void Frames_of_an_array_are_slices()
    {
        byte[] header = Npy(Grey).AsSpan(0, 128).ToArray();
        string text = System.Text.Encoding.Latin1.GetString(header).Replace($"({Rows}, {Columns})", $"(2, {Rows / 2}, {Columns})", StringComparison.Ordinal);
        string path = _folder.PathOf("images", "stack.npy");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [.. System.Text.Encoding.Latin1.GetBytes(text[..128].TrimEnd('\n').TrimEnd(' ').PadRight(127) + "\n"), .. Grey]);

        IReadOnlyList<ImageSlice> slices = PictureFile.Read(path, null);

        Assert.Equal([(Rows / 2, Columns, 1, 2), (Rows / 2, Columns, 2, 2)], slices.Select(slice => (slice.Rows, slice.Columns, slice.Frame, slice.Frames)));
        Assert.Equal(Array.ConvertAll(Grey[(Grey.Length / 2)..], v => (float)v), slices[1].Pixels);
    }

    [Fact]
    public void Patients_are_folders_and_single_files_are_mentioned()
    {
        foreach (string name in (string[])["P01/S01", "P01/S02", "P02/S01", "S09"])
        {
            Save($"images/{name}.png", Grey);
            Save($"labels/{name}.png", Mask);
        }

        Dataset dataset = Import();

        Assert.Equal(3, dataset.Patients);
        LabelProblem notice = Assert.Single(dataset.Samples.SelectMany(sample => sample.Problems));
        Assert.Equal((ErrorIds.PatientAssumed, LabelSeverity.Notice), (notice.Code, notice.Severity));
        Assert.Contains("-GroupBy", notice.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_are_refused()
    {
        string path = _folder.PathOf("images", "S01.png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (FileStream stream = File.Create(path))
        {
            PngEncoder.WriteIndexed8(stream, Rows, Columns, Mask, [0, 0xFF0000]);
        }

        Save("labels/S01.png", Mask);

        Assert.Equal(ErrorIds.ImageColor, Assert.Single(Assert.Single(Import(names: ["One"]).Samples).Problems).Code);
    }

    [Fact]
    public void Pictures_among_DICOM_files_are_skipped_as_before()
    {
        using SmallScan scan = new SmallScan().AddSeries(1);
        File.WriteAllBytes(Path.Combine(scan.Dicoms, "screenshot.png"), Png(Grey));

        Assert.Equal(["S00"], DataFiles.FindImages(scan.Dicoms, recurse: false, new HashSet<string>(), cancellationToken: TestContext.Current.CancellationToken).Paths.Keys);
    }

    [Fact]
    public void Segmentation_has_areas_with_the_spacing_that_is_given()
    {
        Save("scans/S01.png", [.. Mask.Select(v => (byte)(200 * v))]);

        SegmentedSlice slice = Assert.Single(_folder.Run(options: ScanFolder.Options with { PixelSpacing = new PixelSpacing(0.5, 0.25) }));

        Assert.Equal(slice.Rois[1].Pixels * 0.125, slice.Rois[1].Area);
        Assert.Equal(_folder.PathOf("masks", "S01.png"), slice.MaskPath);
    }

    [Theory]
    [InlineData(MaskFormat.Nifti, "SeriesPosition")]
    [InlineData(MaskFormat.DicomSeg, "SeriesIdentity")]
    public void A_picture_has_no_place_in_a_volume(MaskFormat format, string errorId)
    {
        Save("scans/S01.png", Grey);
        List<string> errors = [];

        Assert.Empty(_folder.Run(_folder.Masks with { Format = format }, errors));
        Assert.Equal([errorId], errors);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, double.NaN)]
    public void A_spacing_that_is_no_distance_is_refused(double row, double column)
    {
        Save("images/S01.png", Grey);
        Save("labels/S01.png", Mask);

        Assert.Equal(ErrorIds.OptionOutOfRange, Assert.Throws<MedSegException>(() => Import(new PixelSpacing(row, column))).ErrorId);
    }

    private static byte[] Png(byte[] values)
    {
        using var png = new MemoryStream();
        PngEncoder.WriteGrey8(png, Rows, Columns, values);
        return png.ToArray();
    }

    private static byte[] Npy(byte[] values)
    {
        using var npy = new MemoryStream();
        NpyFile.Write(npy, Rows, Columns, values);
        return npy.ToArray();
    }

    // One strip of 8-bit grey values, black for 0 (TIFF 6.0, section 4).
    private static byte[] Tiff(byte[] values)
    {
        (ushort Tag, uint Value)[] entries = [(256, Columns), (257, Rows), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, Rows), (279, (uint)values.Length)];
        using var tiff = new MemoryStream();
        using var writer = new BinaryWriter(tiff);
        writer.Write("II*\0"u8);
        writer.Write(8 + values.Length);
        writer.Write(values);
        writer.Write((ushort)entries.Length);
        foreach ((ushort tag, uint value) in entries)
        {
            writer.Write(tag);
            writer.Write((ushort)4);
            writer.Write(1);
            writer.Write(value);
        }

        writer.Write(0);
        return tiff.ToArray();
    }

    private void Save(string name, byte[] values)
    {
        string path = _folder.PathOf(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Path.GetExtension(name) switch { ".npy" => Npy(values), ".tif" => Tiff(values), _ => Png(values) });
    }

    private Dataset Import(PixelSpacing? spacing = null, string[]? names = null) => DatasetImporter.Import(
        new DatasetOptions { DicomPath = _folder.PathOf("images"), LabelPath = _folder.PathOf("labels"), InputSize = 16, Recurse = true, PixelSpacing = spacing, LabelNames = names ?? [] },
        cancellationToken: TestContext.Current.CancellationToken);
}
