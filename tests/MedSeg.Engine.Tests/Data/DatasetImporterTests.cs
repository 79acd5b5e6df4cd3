using MedSeg.Data;
using MedSeg.Dicom;
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

    [Fact]
    public void Progress_reaches_the_number_of_pairs_with_and_without_names()
    {
        AddNpy("a", (_, _) => 1);
        AddNpy("b", (row, _) => row < 4 ? 255 : 0);
        AddJpeg("c", step: 100);
        foreach (int names in (int[])[0, 2])
        {
            var reports = new System.Collections.Concurrent.ConcurrentBag<WorkProgress>();

            Import(names, progress: new Reporter(reports.Add));

            Assert.Equal([1, 2, 3], reports.Select(r => r.Done).Order());
            Assert.All(reports, r => Assert.Equal(3, r.Total));
        }
    }

    private Dataset Import(int names, int? jpegStep = null, IProgress<WorkProgress>? progress = null) => DatasetImporter.Import(
        new DatasetOptions
        {
            DicomPath = Path.Combine(_folder, "dicoms"),
            LabelPath = Path.Combine(_folder, "labels"),
            InputSize = Side,
            LabelNames = [.. Enumerable.Range(1, names).Select(k => $"R{k}")],
            JpegStep = jpegStep,
        },
        progress);

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
        MedSeg.Imaging.NpyFile.Write(stream, Side, Side, pixels);
    }

    private void AddImage(string name)
    {
        string uid = DicomUid.Create();
        DicomWriter.Write(Path.Combine(_folder, "dicoms", name + ".dcm"), new DicomSlice
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

    private sealed class Reporter(Action<WorkProgress> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value);
    }
}
