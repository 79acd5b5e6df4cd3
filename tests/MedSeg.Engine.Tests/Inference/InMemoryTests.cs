using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Labels;
using MedSeg.Tests.Inference.Backends;

namespace MedSeg.Tests.Inference;

/// <summary>Segmentation without writing: images in memory and DICOM files.</summary>
public sealed class InMemoryTests : IDisposable
{
    private readonly ScanFolder _folder = new();
    private readonly Segmenter _segmenter = Open(new InferenceOptions { BatchSize = 2 });

    private static SliceImage Image(int number) => new()
    {
        Name = $"image{number}",
        Pixels = [.. ScanFolder.Truth(number).Select(v => v * 100f)],
        Rows = ScanFolder.Rows,
        Columns = ScanFolder.Columns,
        Spacing = new PixelSpacing(0.5, 0.75),
        Modality = "MR",
    };

    public void Dispose()
    {
        _segmenter.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Image_in_memory_has_the_mask_and_the_measurements_that_its_file_has()
    {
        _folder.Add("a", 1);
        SegmentedSlice written = Assert.Single(_folder.Run());
        SliceImage image = Image(1);

        SliceMask mask = _segmenter.Segment(image);

        Assert.Equal(LabelReader.ReadFrames(written.MaskPath!, 1, LabelMapping.None)[0].Values, mask.Pixels.Select(v => (float)v));
        Assert.Equal(("image1", ScanFolder.Rows, ScanFolder.Columns, image.Spacing), (mask.Name, mask.Rows, mask.Columns, mask.Spacing));
        Assert.Equal(written.Rois, mask.Rois);
        Assert.Equal((written.Confidence, written.Flags), (mask.Confidence, mask.Flags));
        Assert.Equal(Image(1).Pixels, image.Pixels);
    }

    [Fact]
    public void Images_come_in_order_over_several_batches_of_any_size()
    {
        SliceImage[] images = [.. Enumerable.Range(0, 5).Select(Image)];
        using Segmenter single = Open(new InferenceOptions { BatchSize = 1 });

        SliceMask[] masks = [.. _segmenter.Segment(images, TestContext.Current.CancellationToken)];

        Assert.Equal(images.Select(i => i.Name), masks.Select(m => m.Name));
        Assert.All(images.Zip(masks), pair => Assert.Equal(single.Segment(pair.First).Pixels, pair.Second.Pixels));
        Assert.Equal(5, masks.Select(m => m.Rois[0].Pixels).Distinct().Count());
    }

    [Fact]
    public void File_is_segmented_without_writing_anything()
    {
        string path = _folder.Add("a", 1);

        SliceMask mask = Assert.Single(_segmenter.SegmentFile(path, TestContext.Current.CancellationToken));

        Assert.Equal(_segmenter.Segment(Image(1)).Pixels, mask.Pixels);
        Assert.Equal("a", mask.Name);
        Assert.Equal([path], Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories));
        Assert.Equal("FileNotFound", Assert.Throws<MedSegException>(() => _segmenter.SegmentFile(path + "x", TestContext.Current.CancellationToken)).ErrorId);
    }

    [Fact]
    public void Frames_of_a_file_have_names_of_their_own()
    {
        string path = MultiFrameScan.WriteEnhanced(_folder.PathOf("scan.dcm"));

        Assert.Equal(["scan_f1", "scan_f2", "scan_f3", "scan_f4"], _segmenter.SegmentFile(path, TestContext.Current.CancellationToken).Select(m => m.Name));
        Assert.Equal(4, DicomImageReader.ReadFrames(path).Count());
    }

    [Fact]
    public void Image_that_cannot_be_used_is_an_error_that_names_it()
    {
        SliceImage broken = Image(1);
        broken.Pixels[7] = float.NaN;

        MedSegException error = Assert.ThrowsAny<MedSegException>(() => _segmenter.Segment(broken));

        Assert.Equal("ImageNotFinite", error.ErrorId);
        Assert.StartsWith("image1: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _segmenter.Segment(Image(1) with { Columns = 100 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void Batch_size_out_of_range_is_refused_before_any_work(int batchSize)
    {
        MedSegException error = Assert.Throws<MedSegException>(() => Open(new InferenceOptions { BatchSize = batchSize }));

        Assert.Equal(("OptionOutOfRange", ErrorKind.InvalidArgument), (error.ErrorId, error.Kind));
        Assert.Contains("BatchSize", error.Message, StringComparison.Ordinal);
    }

    private static Segmenter Open(InferenceOptions options) => new(new ModelEnsemble([ScanFolder.Model]), options, () => new BrightnessBackend(ScanFolder.Size));
}
