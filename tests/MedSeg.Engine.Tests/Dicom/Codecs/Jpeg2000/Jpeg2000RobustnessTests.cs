using System.Diagnostics;
using System.Globalization;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.Jpeg2000;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>Whatever a frame holds, the decoder gives an image of the size expected or the one exception that says why not.</summary>
public class Jpeg2000RobustnessTests
{
    private const int DefaultRuns = 250;

    // Far above what any of the small streams takes, so that a busy machine does not fail the test.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Seeds => new(
        "size_7x5.j2k",
        "size_7x5_offset_irreversible.j2k",
        "four_components.j2k",
        "order_RPCL.j2k",
        "order_CPRL_parts.j2k",
        "order_changes_tiles.j2k",
        "packed_in_main.j2k",
        "packed_in_tiles.j2k",
        "stated_by_component.j2k",
        "mode_63.j2k",
        "mode_1.j2k",
        "precincts.j2k",
        "region_irreversible.j2k",
        "box.jp2");

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_damaged_stream_gives_an_image_or_a_codestream_exception(string file)
    {
        string? runs = Environment.GetEnvironmentVariable("MEDSEG_FUZZ_RUNS");
        int count = runs is null ? DefaultRuns : int.Parse(runs, CultureInfo.InvariantCulture);
        ReferenceCase reference = ReferenceCase.All[file];
        byte[] original = reference.ReadStream();
        var random = new Random(2000);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            var watch = Stopwatch.StartNew();
            refused += IsRefused(StreamMutator.Mutate(original, random), reference.Shape) ? 1 : 0;
            Assert.True(watch.Elapsed < s_patience, $"{file}: mutation {i} took {watch.Elapsed}.");
        }

        Assert.InRange(refused, 1, count);
    }

    [Theory]
    [InlineData("grey_8.j2k")]
    [InlineData("order_CPRL_parts.j2k")]
    [InlineData("layers_lossy_last.j2k")]
    [InlineData("packed_in_main.j2k")]
    [InlineData("box.jp2")]
    public void A_stream_cut_anywhere_is_refused(string file)
    {
        ReferenceCase reference = ReferenceCase.All[file];
        byte[] stream = reference.ReadStream();

        // A JP2 file states the length of its codestream, so there even the end marker counts.
        int whole = stream.Length - (file.EndsWith(".jp2", StringComparison.Ordinal) ? 0 : 2);
        for (int length = 0; length < whole; length++)
        {
            Assert.True(IsRefused(stream[..length], reference.Shape), $"{file} was decoded from {length} of {stream.Length} bytes.");
        }
    }

    [Fact]
    public void A_stream_of_unstated_length_is_refused_when_bytes_of_its_packets_are_missing()
    {
        ReferenceCase reference = ReferenceCase.All["open_ended.j2k"];
        byte[] stream = reference.ReadStream();
        Assert.False(IsRefused(stream[..^2], reference.Shape));
        for (int length = 0; length < stream.Length - 2; length++)
        {
            Assert.True(IsRefused(stream[..length], reference.Shape), $"It was decoded from {length} of {stream.Length} bytes.");
        }
    }

    [Theory]
    [InlineData("grey_12.j2k")]
    [InlineData("tiles.j2k")]
    [InlineData("open_ended.j2k")]
    public void A_missing_end_marker_and_padding_are_tolerated(string file)
    {
        ReferenceCase reference = ReferenceCase.All[file];
        byte[] stream = reference.ReadStream();
        int[] expected = reference.ReadValues();
        Assert.Equal([0xFF, 0xD9], stream[^2..]);

        Assert.Equal(expected, Jpeg2000Decoder.Decode(stream.AsSpan(..^2), reference.Shape).Samples);
        Assert.Equal(expected, Jpeg2000Decoder.Decode([.. stream, 0], reference.Shape).Samples);
        Assert.Equal(expected, Jpeg2000Decoder.Decode([.. stream, 0, 0, 0xFF, 0xFF, 0], reference.Shape).Samples);
    }

    [Theory]
    [InlineData(47, 64, 1)]
    [InlineData(46, 65, 1)]
    [InlineData(47, 65, 3)]
    public void A_frame_of_another_form_than_the_file_states_is_refused(int rows, int columns, int components)
    {
        byte[] stream = ReferenceCase.All["grey_8.j2k"].ReadStream();
        CodestreamException error = Assert.Throws<CodestreamException>(() => Jpeg2000Decoder.Decode(stream, new FrameShape(rows, columns, components)));
        Assert.Contains("47 rows, 65 columns and 1 components", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{rows} rows, {columns} columns and {components} components", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_describes_far_more_than_the_stream_holds_is_refused_before_memory_is_asked_for()
    {
        // Both the image and its only tile get 40000 columns and rows.
        byte[] stream = ReferenceCase.All["grey_8.j2k"].ReadStream();
        foreach (int at in new[] { 8, 12, 24, 28 })
        {
            new byte[] { 0, 0, 0x9C, 0x40 }.CopyTo(stream, at);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        CodestreamException error = Assert.Throws<CodestreamException>(() => Jpeg2000Decoder.Decode(stream, new FrameShape(40000, 40000, 1)));
        Assert.Contains("too few for 40000 rows", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Work_that_costs_the_stream_next_to_nothing_is_bounded()
    {
        // A million code-blocks of 4 × 4, each looked at in 65535 layers whose packets say in a byte that none has data.
        const int Side = 4096;
        byte[] header =
        [
            0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0, 0, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7, 1, 1,
            0xFF, 0x52, 0, 12, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1,
            0xFF, 0x5C, 0, 4, 0x40, 0x40,
            0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93,
        ];
        byte[] stream = [.. header, .. Enumerable.Repeat((byte)0x80, 65535)];
        CodestreamException error = Assert.Throws<CodestreamException>(() => Jpeg2000Decoder.Decode(stream, new FrameShape(Side, Side, 1)));
        Assert.Contains("far more packets", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(43, 2, "subsampled")]
    [InlineData(42, 0x27, "40 bits")]
    [InlineData(6, 0x40, "part 15")]
    public void What_is_not_supported_is_named(int at, byte value, string named)
    {
        ReferenceCase reference = ReferenceCase.All["grey_8.j2k"];
        byte[] stream = reference.ReadStream();
        stream[at] = value;
        CodestreamException error = Assert.Throws<CodestreamException>(() => Jpeg2000Decoder.Decode(stream, reference.Shape));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_segmentation_symbol_is_refused()
    {
        // What follows the last marker segment but a few bytes is coefficients.
        ReferenceCase reference = ReferenceCase.All["mode_32.j2k"];
        byte[] stream = reference.ReadStream();
        stream[stream.Length / 2] ^= 0x10;
        CodestreamException error = Assert.Throws<CodestreamException>(() => Jpeg2000Decoder.Decode(stream, reference.Shape));
        Assert.Contains("symbol", error.Message, StringComparison.Ordinal);
    }

    private static bool IsRefused(byte[] stream, FrameShape shape)
    {
        try
        {
            DecodedFrame frame = Jpeg2000Decoder.Decode(stream, shape);
            Assert.Equal(shape.Rows * shape.Columns * shape.Components, frame.Samples.Length);
            return false;
        }
        catch (CodestreamException error)
        {
            Assert.NotEmpty(error.Message);
            Assert.InRange(error.Offset, 0, stream.Length);
            return true;
        }
    }
}
