using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Labels;
using MedSeg.Tests.Inference.Backends;

namespace MedSeg.Tests.Inference;

/// <summary>From files to masks, with a backend whose answers are known.</summary>
public sealed class SegmenterTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MaskFormat.Png, ".png")]
    [InlineData(MaskFormat.Npy, ".npy")]
    public void Masks_have_the_image_s_own_size_and_its_shapes(MaskFormat format, string ending)
    {
        _folder.Add("a", 1);

        SegmentedSlice slice = Assert.Single(_folder.Run(_folder.Masks with { Format = format }));

        Assert.Equal(Path.Combine(_folder.Output, "a" + ending), slice.MaskPath);
        LabelImage mask = LabelReader.ReadFrames(slice.MaskPath!, 1, LabelMapping.None)[0];
        Assert.Equal((ScanFolder.Rows, ScanFolder.Columns), (mask.Rows, mask.Columns));
        byte[] truth = ScanFolder.Truth(1);
        int different = mask.Values.Zip(truth).Count(p => p.First != p.Second);
        Assert.InRange(different, 0, truth.Length / 40);
        Assert.Equal(mask.Values.Count(v => v == 2), slice.Rois[1].Pixels);
    }

    [Fact]
    public void Areas_are_pixels_times_the_file_s_own_spacing_and_confidence_is_the_network_s()
    {
        _folder.Add("a", 1);

        SegmentedSlice slice = Assert.Single(_folder.Run(_folder.Masks));

        SegmentedRoi inner = slice.Rois[1];
        Assert.Equal("Inner", inner.Name);
        Assert.Equal(inner.Pixels * 0.5 * 0.75, inner.Area!.Value, 9);
        Assert.InRange(inner.Area.Value, 0.97 * 14 * 28 * 0.375, 1.03 * 14 * 28 * 0.375);
        Assert.InRange(inner.Confidence!.Value, 0.75, 0.9001);
        Assert.Equal(SliceFlags.None, slice.Flags);
    }

    [Fact]
    public void Slices_are_sorted_by_position_and_batches_are_no_larger_than_asked()
    {
        foreach (int number in (int[])[3, 1, 5, 2, 4])
        {
            _folder.Add($"s{9 - number}", number);
        }

        var backend = new BrightnessBackend(ScanFolder.Size);
        List<SegmentedSlice> slices = _folder.Run(_folder.Masks, backend: backend);

        Assert.Equal(["s8", "s7", "s6", "s5", "s4"], slices.Select(s => s.Name));
        Assert.Equal([4.0, 8, 12, 16, 20], slices.Select(s => s.Location!.Value));
        Assert.Equal(slices.OrderBy(s => s.Rois[0].Pixels), slices);
        Assert.Equal(2, backend.LargestBatch);
    }

    [Fact]
    public void Results_that_were_written_come_before_the_error_of_the_next_batch()
    {
        for (int number = 0; number < 6; number++)
        {
            _folder.Add($"s{number}", number);
        }

        var slices = new List<SegmentedSlice>();
        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new FailingBackend(new BrightnessBackend(ScanFolder.Size), good: 2));

        Assert.Throws<InsufficientMemoryException>(() => segmenter.Run([_folder.Scans], _folder.Masks, cancellationToken: TestContext.Current.CancellationToken).Select(Seen).Count());

        Assert.Equal(["s0", "s1", "s2", "s3"], slices.Select(slice => slice.Name));
        Assert.All(slices, slice => Assert.True(File.Exists(slice.MaskPath)));

        SegmentedSlice Seen(SegmentedSlice slice)
        {
            slices.Add(slice);
            return slice;
        }
    }

    [Fact]
    public void Results_come_batch_by_batch_and_not_at_the_end()
    {
        for (int number = 0; number < 6; number++)
        {
            _folder.Add($"s{number}", number);
        }

        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));
        using IEnumerator<SegmentedSlice> slices = segmenter.Run([_folder.Scans], _folder.Masks, cancellationToken: TestContext.Current.CancellationToken).GetEnumerator();

        Assert.True(slices.MoveNext());
        Assert.Equal(2, Directory.GetFiles(_folder.Output).Length);
    }

    [Fact]
    public void Bad_file_is_told_and_the_others_go_on()
    {
        _folder.Add("a", 1);
        File.WriteAllText(Path.Combine(_folder.Scans, "b.dcm"), "no image");
        byte[] cut = File.ReadAllBytes(_folder.Add("c", 2));
        File.WriteAllBytes(Path.Combine(_folder.Scans, "c.dcm"), cut[..^1000]);
        _folder.Add("d", 3);
        var errors = new List<string>();

        List<SegmentedSlice> slices = _folder.Run(_folder.Masks, errors);

        Assert.Equal(["a", "d"], slices.Select(s => s.Name));
        Assert.Equal(["NotDicom", "DicomTruncated"], errors);
    }

    [Fact]
    public void Existing_results_end_the_run_before_any_work()
    {
        _folder.Add("a", 1);
        _folder.Add("b", 2);
        Directory.CreateDirectory(_folder.Output);
        File.WriteAllText(Path.Combine(_folder.Output, "b.png"), "mine");

        Assert.Equal("FileExists", Assert.Throws<MedSegException>(() => _folder.Run(_folder.Masks)).ErrorId);
        Assert.Equal(["b.png"], Directory.GetFiles(_folder.Output).Select(Path.GetFileName));
        Assert.Equal(2, _folder.Run(_folder.Masks with { Force = true }).Count);
    }

    [Fact]
    public void Images_unlike_the_training_images_are_flagged_and_warned_of_once()
    {
        _folder.Add("a", 1);
        _folder.Add("b", 2);
        SegmentationModel other = ScanFolder.Model with { TrainingData = ScanFolder.Model.TrainingData! with { Modalities = ["CT"], Means = [-900, -800], Deviations = [300, 400] } };
        var warnings = new List<string>();

        List<SegmentedSlice> slices = _folder.Run(_folder.Masks, warnings: warnings, model: other);

        Assert.All(slices, s => Assert.True(s.Flags.HasFlag(SliceFlags.UnlikeTraining)));
        Assert.Equal(2, slices[0].Differences.Count(d => d.Contains("modality is MR", StringComparison.Ordinal) || d.Contains("mean of the values", StringComparison.Ordinal)));
        Assert.Contains("2 of 2 slices", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_spacing_gives_no_area_and_a_warning()
    {
        ScanFolder.Hide(_folder.Add("a", 1), 0x0028, 0x0030);
        var warnings = new List<string>();

        SegmentedSlice slice = Assert.Single(_folder.Run(_folder.Masks, warnings: warnings));

        Assert.Null(slice.Spacing);
        Assert.All(slice.Rois, r => Assert.Null(r.Area));
        Assert.True(slice.Rois[0].Pixels > 0);
        Assert.Contains("no pixel spacing", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Views_of_test_time_augmentation_lie_on_each_other()
    {
        _folder.Add("a", 1);
        SegmentedSlice once = Assert.Single(_folder.Run(_folder.Masks));

        SegmentedSlice averaged = Assert.Single(_folder.Run(_folder.Masks with { Force = true }, options: ScanFolder.Options with { TestTimeAugmentation = true }));

        Assert.InRange(averaged.Rois[1].Pixels / (double)once.Rois[1].Pixels, 0.93, 1.07);
        byte[] truth = ScanFolder.Truth(1);
        LabelImage mask = LabelReader.ReadFrames(averaged.MaskPath!, 1, LabelMapping.None)[0];
        Assert.InRange(mask.Values.Zip(truth).Count(p => p.First != p.Second), 0, truth.Length / 40);
    }

    [Fact]
    public void Overlay_is_a_picture_beside_the_masks_and_nothing_names_the_patient()
    {
        _folder.Add("a", 1);

        SegmentedSlice slice = Assert.Single(_folder.Run(_folder.Masks with { Overlay = true }));

        Assert.Equal(Path.Combine(_folder.Output, "overlays", "a.png"), slice.OverlayPath);
        using SkiaSharp.SKBitmap picture = SkiaSharp.SKBitmap.Decode(slice.OverlayPath);
        Assert.Equal(ScanFolder.Columns * 4, picture.Width);
        Assert.InRange(picture.Height, (ScanFolder.Rows * 4) + 1, (ScanFolder.Rows * 4) + 100);
        Assert.Equal(SkiaSharp.SKColors.White, picture.GetPixel(2, picture.Height - 2));
        Assert.Contains(picture.Pixels, c => c.Red != c.Green);
        Assert.All(Directory.GetFiles(_folder.Output, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain("SECRET", File.ReadAllText(f), StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("SECRET", slice.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private sealed class FailingBackend(BrightnessBackend backend, int good) : ISegmentationBackend
    {
        private int _batches;

        public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
        {
            if (++_batches > good)
            {
                throw new InsufficientMemoryException("The device is out of memory.");
            }

            backend.Run(images, count, probabilities);
        }

        public void Dispose() => backend.Dispose();
    }
}
