using MedSeg.Data;
using MedSeg.Tests.Data.Files;

namespace MedSeg.Tests.Volumes;

/// <summary>Each frame of a DICOM SEG is a label of the slice nearest to it and of no other.</summary>
public sealed class SegFrameMatchTests : IDisposable
{
    private static readonly (int, byte[])[] s_muscle = [(1, "muscle"u8.ToArray())];

    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData(0.5, 2.0)]
    [InlineData(0.3, 3.0)]
    [InlineData(0.05, 3.0)]
    [InlineData(1.0, 0.8)]
    [InlineData(3.0, 3.0)]
    public void Slices_that_overlap_have_their_own_frames_only(double gap, double thickness)
    {
        _scan.AddSeries(6, gap, thickness).AddSegmentation("seg.dcm", [.. Enumerable.Range(0, 6).Select(k => Frame(gap * k, k))], s_muscle, thickness);

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal(Enumerable.Range(0, 6).Select(Pixels), dataset.Samples.Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void A_frame_that_the_file_leaves_out_is_not_taken_from_a_neighbour()
    {
        _scan.AddSeries(6, 0.5, 2).AddSegmentation("seg.dcm", [Frame(0.5, 1), Frame(2, 4)], s_muscle, 2);

        Assert.Equal([0, Pixels(1), 0, 0, Pixels(4), 0], _scan.Import().Samples.Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void Two_segments_of_overlapping_slices_do_not_overlap()
    {
        _scan.AddSeries(6, 0.5, 2).AddSegmentation(
            "seg.dcm", [.. Enumerable.Range(0, 6).SelectMany(k => (SmallFrame[])[Bar(k, 1), Bar(k, 2)])], [(1, "muscle"u8.ToArray()), (2, "fat"u8.ToArray())], 2);

        Dataset dataset = _scan.Import();

        Assert.Empty(dataset.Problems);
        Assert.Equal([30, 33, 36, 39, 42, 45], dataset.Samples.Select(s => s.RoiPixels[1]));
        Assert.Equal([30, 33, 36, 39, 42, 45], dataset.Samples.Select(s => s.RoiPixels[2]));
    }

    [Fact]
    public void Frames_closer_together_than_slices_are_not_merged()
    {
        // Twice as many frames as slices, for example after resampling in the program in which the labels were drawn.
        _scan.AddSeries(3, 1, 2).AddSegmentation("seg.dcm", [.. Enumerable.Range(0, 6).Select(k => Frame(0.5 * k, k))], s_muscle, 2);

        Dataset dataset = _scan.Import();

        Assert.Equal([Pixels(0), Pixels(2), Pixels(4)], dataset.Samples.Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void A_frame_between_two_slices_belongs_to_the_nearer_or_to_its_source()
    {
        SmallFrame nearer = Frame(0.6, 0);
        SmallFrame named = Frame(1.7, 2) with { Source = new SmallSlice { Number = 4 }.Uid };
        _scan.AddSeries(6, 0.5, 2).AddSegmentation("seg.dcm", [nearer, named], s_muscle, 2);

        Assert.Equal([0, Pixels(0), 0, 0, Pixels(2), 0], _scan.Import().Samples.Select(s => s.RoiPixels[1]));
    }

    [Fact]
    public void A_frame_halfway_between_two_slices_is_not_guessed_at()
    {
        _scan.AddSeries(4, 0.5, 2).AddSegmentation("seg.dcm", [Frame(0.25, 0), Frame(1.5, 3)], s_muscle, 2);

        Dataset dataset = _scan.Import();

        Assert.Equal([0, 0, 0, Pixels(3)], dataset.Samples.Select(s => s.RoiPixels[1]));
        Assert.Equal("LabelPlaneUnseen", Assert.Single(dataset.Problems).Code);
    }

    [Fact]
    public void Slices_at_the_same_place_share_their_frames()
    {
        _scan.AddSeries(3, 3, 3, "echo1_").AddSeries(3, 3, 3, "echo2_", (k, slice) => slice with { Number = k + 10 })
            .AddSegmentation("seg.dcm", [.. Enumerable.Range(0, 3).Select(k => Frame(3 * k, k) with { Source = new SmallSlice { Number = k }.Uid })], s_muscle);

        Assert.Equal([Pixels(0), Pixels(1), Pixels(2), Pixels(0), Pixels(1), Pixels(2)], _scan.Import().Samples.Select(s => s.RoiPixels[1]));
    }

    private static long Pixels(int k) => SmallScan.PixelsOf(k)[1];

    private static SmallFrame Frame(double z, int k) => new(z, 1, Array.ConvertAll(SmallScan.Mask(k), v => (byte)(v == 1 ? 1 : 0)));

    // ROI 2 of each slice is where ROI 1 of the next is.
    private static SmallFrame Bar(int k, int roi)
    {
        byte[] mask = new byte[SmallScan.Rows * SmallScan.Columns];
        for (int row = 10; row < 20 + k; row++)
        {
            mask.AsSpan((row * SmallScan.Columns) + (3 * (k + roi)), 3).Fill(1);
        }

        return new SmallFrame(0.5 * k, roi, mask);
    }
}
