using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Tests.Data;

/// <summary>Whole imports of small folders.</summary>
public sealed class DatasetImporterTests : IDisposable
{
    private const int Side = 32;
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public DatasetImporterTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "labels"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Jpeg_mask_of_plain_ROI_numbers_is_refused_because_compression_makes_other_ROIs_of_them()
    {
        AddJpeg("a", step: 1);

        Sample sample = Assert.Single(Import(names: 2).Samples);

        Assert.False(sample.IsUsable);
        LabelProblem problem = Assert.Single(sample.Problems, p => p.Severity == LabelSeverity.Error);
        Assert.Equal("LabelSmeared", problem.Code);
        Assert.Contains(sample.LabelPath!, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Jpeg_mask_of_plain_ROI_numbers_is_taken_on_request_with_a_warning()
    {
        AddJpeg("a", step: 1);

        Sample sample = Assert.Single(Import(names: 2, jpegStep: 1).Samples);

        Assert.True(sample.IsUsable);
        Assert.Contains(sample.Problems, p => p.Code == "LabelUnverified");
    }

    [Fact]
    public void Jpeg_mask_of_spread_levels_gives_the_ROIs_and_their_pixels()
    {
        AddJpeg("a", step: 100);

        Sample sample = Assert.Single(Import(names: 2, jpegStep: 100).Samples);

        Assert.True(sample.IsUsable);
        Assert.Equal([512, 256, 256], sample.RoiPixels);
    }

    [Fact]
    public void Without_names_the_highest_number_of_the_certain_masks_counts_the_ROIs()
    {
        AddNpy("a", (row, column) => column < 16 ? 0 : row < 16 ? 1 : 3);
        AddNpy("b", (row, _) => row < 4 ? 255 : 0);

        Dataset dataset = Import(names: 0);

        Assert.Equal(["ROI 1", "ROI 2", "ROI 3"], dataset.LabelNames);
        Assert.Equal(1, dataset.Count);
        Assert.Equal("LabelBinaryMask", Assert.Single(dataset.Samples[1].Problems).Code);
    }

    [Fact]
    public void Mapped_masks_count_and_name_the_ROIs()
    {
        AddNpy("a", (row, _) => row < 4 ? 255 : 0);
        var map = new LabelMapping { Values = new Dictionary<float, int> { [255] = 1 }, Segments = new Dictionary<string, int> { ["L4"] = 2 } };

        Dataset dataset = Import(names: 0, map: map);

        Assert.Equal(["ROI 1", "L4"], dataset.LabelNames);
        Assert.Equal([28 * Side, 4 * Side, 0], Assert.Single(dataset.Samples).RoiPixels);
    }

    [Fact]
    public void Background_only_masks_ask_for_names()
    {
        AddNpy("a", (_, _) => 0);

        Assert.Equal("RoiCountUnknown", Assert.Throws<MedSegException>(() => Import(names: 0)).ErrorId);
    }

    [Fact]
    public void Files_without_a_partner_are_samples_that_say_so()
    {
        AddNpy("a", (_, _) => 1);
        AddNpy("b", (_, _) => 1);
        AddImage("c");
        File.Delete(Path.Combine(_folder, "dicoms", "b.dcm"));

        Dataset dataset = Import(names: 0);

        Assert.Equal(["a", "b", "c"], dataset.Samples.Select(s => s.Name));
        Assert.Equal(["ImageMissing", "LabelMissing"], dataset.Problems.Select(p => p.Code));
        Assert.Null(dataset.Samples[1].ImagePath);
        Assert.Null(dataset.Samples[2].LabelPath);
        Assert.Equal([0, Side * Side], dataset.Samples[0].RoiPixels);
    }

    [Theory]
    [InlineData("1.2.840.113619.2.5")]
    [InlineData("IM000001")]
    [InlineData("scan.DCM")]
    [InlineData("scan.ima")]
    [InlineData("scan.MR")]
    public void Images_are_found_by_content_with_any_extension(string file)
    {
        AddNpy("a", (_, _) => 1);
        string name = file.StartsWith("scan.", StringComparison.Ordinal) && !file.EndsWith("MR", StringComparison.Ordinal) ? "scan" : file;
        File.Move(Path.Combine(_folder, "dicoms", "a.dcm"), Path.Combine(_folder, "dicoms", file));
        File.Move(Path.Combine(_folder, "labels", "a.npy"), Path.Combine(_folder, "labels", name + ".npy"));

        Sample sample = Assert.Single(Import(names: 1).Samples);

        Assert.True(sample.IsUsable, string.Join('\n', sample.Problems));
        Assert.Equal(name, sample.Name);
    }

    [Fact]
    public void Files_that_are_not_DICOM_images_are_skipped_unless_their_name_claims_it()
    {
        AddNpy("a", (_, _) => 1);
        string dicoms = Path.Combine(_folder, "dicoms");
        File.WriteAllBytes(Path.Combine(dicoms, "DICOMDIR"), DicomBytes.Part10().Text(0x0008, 0x0016, "UI", "1.2.840.10008.1.3.10").ToArray());
        File.WriteAllBytes(Path.Combine(dicoms, "report.dcm"), DicomBytes.Part10().Text(0x0008, 0x0060, "CS", "SR").ToArray());
        File.WriteAllText(Path.Combine(dicoms, "notes.txt"), "Scanned on a Monday.");
        File.WriteAllText(Path.Combine(dicoms, ".DS_Store"), "Bud1");
        File.WriteAllBytes(Path.Combine(dicoms, "blank.dcm"), DicomBytes.Part10().Image(1, 1).ToArray());

        Dataset dataset = Import(names: 1);

        Assert.Equal([".DS_Store", "DICOMDIR", "notes.txt", "report.dcm"], dataset.PassedOver.Select(Path.GetFileName));
        Assert.Equal(["a", "blank"], dataset.Samples.Select(s => s.Name));
        Assert.Equal("LabelMissing", Assert.Single(dataset.Problems).Code);
    }

    [Fact]
    public void Window_of_the_file_scales_it_on_request_and_a_file_without_one_is_reported()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "dicoms"));
        foreach (string name in (string[])["a", "b"])
        {
            DicomBytes file = DicomBytes.Part10();
            file = name == "a" ? file.Text(0x0028, 0x1050, "DS", "10").Text(0x0028, 0x1051, "DS", "1") : file;
            File.WriteAllBytes(Path.Combine(_folder, "dicoms", name + ".dcm"), file.Image(1, 2).Pixels(5, 50).ToArray());
            WriteNpy(name, [1, 2], [1, 1]);
        }

        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "dicoms"), LabelPath = Path.Combine(_folder, "labels"), InputSize = 16, Normalization = Normalization.Window }, events: null, TestContext.Current.CancellationToken);

        Assert.Equal((0f, 1f), (dataset.Samples[0].Image()[0], dataset.Samples[0].Image()[15]));
        Assert.Equal("WindowMissing", Assert.Single(dataset.Problems).Code);
    }

    [Fact]
    public void Folders_within_are_paired_by_their_path()
    {
        AddNpy("a", (_, _) => 1);
        foreach (string part in (string[])["dicoms", "labels"])
        {
            string own = Path.Combine(_folder, part, "P01");
            Directory.CreateDirectory(own);
            string file = Directory.GetFiles(Path.Combine(_folder, part)).Single();
            File.Copy(file, Path.Combine(own, Path.GetFileName(file)));
        }

        Assert.Equal(["P01/a", "a"], Import(names: 1, recurse: true).Samples.Select(s => s.Name));
        Assert.Equal(["a"], Import(names: 1).Samples.Select(s => s.Name));
    }

    [Fact]
    public void Frames_of_a_file_are_samples_with_the_masks_of_a_stack()
    {
        AddFrames("volume", [10, 20, 30]);
        WriteNpy("volume", [3, 2, 2], [0, 1, 0, 0, /**/ 2, 2, 0, 0, /**/ 0, 0, 0, 1]);

        Dataset dataset = Import(names: 0);

        Assert.Equal(["volume_f1", "volume_f2", "volume_f3"], dataset.Samples.Select(s => s.Name));
        Assert.Equal([[3, 1, 0], [2, 0, 2], [3, 1, 0]], dataset.Samples.Select(s => s.RoiPixels));
        Assert.Equal(["ROI 1", "ROI 2"], dataset.LabelNames);
    }

    [Fact]
    public void Frames_of_the_input_size_keep_pixels_of_their_own()
    {
        ushort[] pixels = [.. Enumerable.Range(0, 3 * Side * Side).Select(i => (ushort)(i == (i / (Side * Side) * (Side * Side)) + (i / (Side * Side)) ? 1 : 0))];
        Directory.CreateDirectory(Path.Combine(_folder, "dicoms"));
        File.WriteAllBytes(
            Path.Combine(_folder, "dicoms", "volume.dcm"),
            DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "3").Image(Side, Side).Pixels(pixels).ToArray());
        WriteNpy("volume", [3, Side, Side], new byte[3 * Side * Side]);

        Dataset dataset = Import(names: 1);

        Assert.Equal([0, 1, 2], dataset.Samples.Select(s => Array.IndexOf(s.Image(), 1f)));
    }

    [Theory]
    [InlineData(120, 240, "The masks have 240 ROIs, but only 2 of them occur: 120, 240. If these are grey levels, say which ROIs they are: -LabelMap @{120=1; 240=2}.")]
    [InlineData(1, 9, null)]
    [InlineData(3, 4, null)]
    public void Masks_of_grey_levels_are_warned_of(int first, int second, string? warning)
    {
        AddNpy("a", (row, column) => column < 16 ? 0 : row < 16 ? first : second);
        AddNpy("b", (_, _) => 0);
        var warnings = new List<string>();

        Dataset dataset = Import(names: 0, warn: warnings.Add);

        Assert.Equal(second, dataset.LabelNames.Count);
        Assert.Equal(warning is null ? [] : [$"{dataset.LabelPath}: {warning}"], warnings);
        Import(names: 0, map: new LabelMapping { Values = new Dictionary<float, int> { [first] = 1, [second] = 2 } }, warn: _ => Assert.Fail("The values are explained."));
    }

    [Fact]
    public void Stack_in_Fortran_order_gives_the_same_masks()
    {
        AddFrames("volume", [10, 20, 30]);
        WriteNpy("volume", [3, 2, 2], [0, 2, 0, /**/ 0, 0, 0, /**/ 1, 2, 0, /**/ 0, 0, 1], isFortran: true);

        Assert.Equal([[3, 1, 0], [2, 0, 2], [3, 1, 0]], Import(names: 0).Samples.Select(s => s.RoiPixels));
    }

    [Fact]
    public void Frames_need_a_stack_of_as_many_masks()
    {
        AddFrames("volume", [10, 20, 30]);
        WriteNpy("volume", [2, 2, 2], new byte[8]);

        Sample sample = Assert.Single(Import(names: 2).Samples);

        LabelProblem problem = Assert.Single(sample.Problems);
        Assert.Equal("LabelFrames", problem.Code);
        Assert.Contains("(3, rows, columns)", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_reaches_the_number_of_pairs_with_and_without_names()
    {
        AddNpy("a", (_, _) => 1);
        AddNpy("b", (row, _) => row < 4 ? 255 : 0);
        AddJpeg("c", step: 100);
        foreach (int names in (int[])[0, 2])
        {
            var reports = new System.Collections.Concurrent.ConcurrentBag<WorkProgress>();

            Import(names, progress: reports.Add);

            WorkProgress[] ofPairs = [.. reports.Where(r => r.Stage is null)];
            Assert.Equal([1, 2, 3], ofPairs.Select(r => r.Done).Order());
            Assert.All(ofPairs, r => Assert.Equal(3, r.Total));

            // The steps before: no more is done than there is, once it is known how much there is.
            Assert.Equal(3, reports.Where(r => r is { Stage: "Finding label masks", Total: > 0 }).Max(r => r.Done));
            Assert.All(reports, r => Assert.True(r.Total == 0 || r.Done <= r.Total));
        }
    }

    private Dataset Import(int names, int? jpegStep = null, Action<WorkProgress>? progress = null, bool recurse = false, LabelMapping? map = null, Action<string>? warn = null) => DatasetImporter.Import(
        new DatasetOptions
        {
            DicomPath = Path.Combine(_folder, "dicoms"),
            LabelPath = Path.Combine(_folder, "labels"),
            InputSize = Side,
            Recurse = recurse,
            LabelNames = [.. Enumerable.Range(1, names).Select(k => $"R{k}")],
            JpegStep = jpegStep,
            LabelMap = map ?? LabelMapping.None,
        },
        new EngineEvents { Progress = progress, Warning = warn });

    private void AddJpeg(string name, int step)
    {
        AddImage(name);
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque));
        byte[] pixels = new byte[Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(step * (i % Side < 16 ? 0 : i / Side < 16 ? 1 : 2));
        }

        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        File.WriteAllBytes(Path.Combine(_folder, "labels", name + ".jpg"), data.ToArray());
    }

    private void AddNpy(string name, Func<int, int, int> value)
    {
        AddImage(name);
        byte[] pixels = [.. Enumerable.Range(0, Side * Side).Select(i => (byte)value(i / Side, i % Side))];
        using FileStream stream = File.Create(Path.Combine(_folder, "labels", name + ".npy"));
        NpyFile.Write(stream, Side, Side, pixels);
    }

    private void AddImage(string name)
    {
        string uid = DicomUid.Create();
        DicomWriter.Write(Path.Combine(_folder, "dicoms", name + ".dcm"), new DicomMrSlice
        {
            Rows = Side,
            Columns = Side,
            Pixels = [.. Enumerable.Range(0, Side * Side).Select(i => (ushort)i)],
            Spacing = new PixelSpacing(1, 1),
            PatientId = "1",
            PatientName = "1",
            StudyInstanceUid = uid,
            SeriesInstanceUid = uid,
            SopInstanceUid = uid,
            FrameOfReferenceUid = uid,
        });
    }

    private void AddFrames(string name, ushort[] greys)
    {
        ushort[] pixels = [.. greys.SelectMany(grey => (ushort[])[0, grey, grey, 0])];
        Directory.CreateDirectory(Path.Combine(_folder, "dicoms"));
        File.WriteAllBytes(
            Path.Combine(_folder, "dicoms", name + ".dcm"),
            DicomBytes.Part10().Text(0x0028, 0x0008, "IS", $"{greys.Length}").Image(2, 2).Pixels(pixels).ToArray());
    }

    private void WriteNpy(string name, int[] shape, byte[] values, bool isFortran = false)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': {isFortran}, 'shape': ({string.Join(", ", shape)}), }}".PadRight(117) + "\n";
        File.WriteAllBytes(
            Path.Combine(_folder, "labels", name + ".npy"),
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. values]);
    }
}
