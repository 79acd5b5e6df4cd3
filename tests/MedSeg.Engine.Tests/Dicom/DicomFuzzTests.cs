using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Tests.Fuzzing;

namespace MedSeg.Tests.Dicom;

/// <summary>Whatever a file holds, it ends soon, with little memory, in frames or in the one error that says why not.</summary>
public class DicomFuzzTests
{
    private const string FilePath = "/data/slice.dcm";

    // What is allocated for a frame: JPEG-LS and JPEG 2000 may make 2^24 samples out of a few bytes, of 4 bytes each, with
    // planes, pixels and for colours a double each beside them; the others at most a few values a byte.
    private const long CodestreamBytes = 512L << 20;
    private const long OtherBytes = 64L << 20;
    private const long BytesPerByte = 4096;

    private static readonly FuzzTarget s_target = new(FilePath, file => OtherBytes + (BytesPerByte * file.Length), Read);
    private static readonly int s_runs = FuzzTarget.Runs(8000);

    // Transfer syntax, bits (negative for floating point), rows and columns, and frames.
    public static TheoryData<string, int, int, string> Promises
    {
        get
        {
            var data = new TheoryData<string, int, int, string>();
            (string Syntax, int Bits)[] kinds =
            [
                ("1.2.840.10008.1.2.1", 16), ("1.2.840.10008.1.2.1", 1), ("1.2.840.10008.1.2.1", 32), ("1.2.840.10008.1.2.1", -32), ("1.2.840.10008.1.2.1", -64),
                ("1.2.840.10008.1.2.5", 16), ("1.2.840.10008.1.2.4.50", 8), ("1.2.840.10008.1.2.4.70", 16), ("1.2.840.10008.1.2.4.80", 16), ("1.2.840.10008.1.2.4.90", 16),
            ];
            foreach ((string syntax, int bits) in kinds)
            {
                foreach (int side in (int[])[65535, 23170, 20000])
                {
                    data.Add(syntax, bits, side, "1");
                    data.Add(syntax, bits, side, "2000000000");
                }
            }

            return data;
        }
    }

    [Fact]
    public void Mutated_files_are_read_or_refused()
    {
        var random = new Random(10);
        (string Name, byte[] File)[] seeds = [.. DicomFuzzSeeds.All.Select(seed => (seed.Key, seed.Value))];
        Assert.All(seeds, seed => Assert.False(s_target.IsRefused(seed.File, seed.Name), seed.Name));
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            (string name, byte[] file) = seeds[run % seeds.Length];
            byte[] other = seeds[random.Next(seeds.Length)].File;
            refused += s_target.IsRefused(FileMutator.Mutate(file, other, random), $"run {run} of {name}") ? 1 : 0;
        }

        Assert.InRange(refused, s_runs / 4, s_runs);
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public void Headers_that_promise_far_more_than_there_is_cost_no_memory(string syntax, int allocated, int side, string frames)
    {
        DicomBytes file = DicomBytes.Part10(syntax).Text(0x0028, 0x0008, "IS", frames).Image(side, side, Math.Abs(allocated));
        byte[] content = new byte[1024];
        bool isCompressed = syntax.StartsWith("1.2.840.10008.1.2.4", StringComparison.Ordinal) || syntax.EndsWith(".5", StringComparison.Ordinal);
        file = isCompressed ? file.Fragments(content)
            : allocated == -32 ? file.Element(0x7FE0, 0x0008, "OF", content)
            : allocated == -64 ? file.Element(0x7FE0, 0x0009, "OD", content)
            : file.Element(0x7FE0, 0x0010, "OW", content);
        byte[] bytes = file.ToArray();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FileFormatException>(() => DicomImageReader.ReadFrames(FilePath, bytes).First());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
    }

    [Fact]
    public void Pairs_of_ybr_422_need_an_even_number_of_columns() =>
        Assert.True(s_target.IsRefused(DicomBytes.Part10().Image(1, 1, allocated: 8, photometric: "YBR_FULL_422", samples: 3).Element(0x7FE0, 0x0010, "OB", [10, 20]).ToArray(), "odd"));

    [Theory]
    [InlineData("RGB")]
    [InlineData("YBR_FULL_422")]
    public void Floating_point_colours_are_refused(string photometric) =>
        Assert.True(s_target.IsRefused(DicomBytes.Part10().Image(1, 2, photometric: photometric, samples: 3).Element(0x7FE0, 0x0008, "OF", new byte[24]).ToArray(), photometric));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Memory_for_many_frames_grows_with_their_number_alone(bool isCompressed)
    {
        const int Frames = 4000;
        DicomBytes file = isCompressed
            ? DicomBytes.Part10("1.2.840.10008.1.2.5").Text(0x0028, 0x0008, "IS", $"{Frames}").Image(1, 1, allocated: 8)
            : DicomBytes.Part10("1.2.840.10008.1.2.2", bigEndian: true).Text(0x0028, 0x0008, "IS", $"{Frames}").Image(1, 2, allocated: 8);
        byte[] frame = new byte[66];
        (frame[0], frame[4]) = (1, 64);
        byte[] bytes = (isCompressed ? file.Fragments([.. Enumerable.Repeat(frame, Frames)]) : file.Pixels(new ushort[Frames])).ToArray();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Frames, DicomImageReader.ReadFrames(FilePath, bytes).Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Frames * 4000L);
    }

    [Fact]
    public void Huffman_table_without_codes_is_refused_before_it_is_searched()
    {
        byte[] file = [.. DicomFuzzSeeds.All["jpeg_baseline_grey"]];
        int table = file.AsSpan().IndexOf(new byte[] { 0xFF, 0xC4 });
        file.AsSpan(table + 5, 16).Clear();

        // JpegLibrary refuses it too, but only after seconds: the time depends on the machine, the cause does not.
        var error = Assert.Throws<FileFormatException>(() => DicomImageReader.ReadFrames(FilePath, file).First());
        Assert.Equal("A Huffman table has no codes.", error.InnerException?.Message);
    }

    internal static void Read(byte[] file, AllocationLimit limit)
    {
        try
        {
            foreach (DicomImage image in DicomImageReader.ReadFrames(FilePath, file))
            {
                if (image.TransferSyntaxUid is "1.2.840.10008.1.2.4.80" or "1.2.840.10008.1.2.4.81" or "1.2.840.10008.1.2.4.90" or "1.2.840.10008.1.2.4.91")
                {
                    limit.Bytes = CodestreamBytes * image.Frame;
                }

                Assert.Equal(image.Rows * image.Columns, image.Pixels.Length);
            }
        }
        catch (FileFormatException error) when (error.Message.Contains("JPEG-LS", StringComparison.Ordinal) || error.Message.Contains("JPEG 2000", StringComparison.Ordinal))
        {
            // The samples of a codestream that is refused at its end were allocated already.
            limit.Bytes = CodestreamBytes;
            throw;
        }
    }
}
