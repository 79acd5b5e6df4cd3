using System.Globalization;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.JpegLs;

namespace MedSeg.Tests.Dicom.Codecs.JpegLs;

/// <summary>Damaged streams end in a frame or in the one error that says so, never in another exception.</summary>
public class JpegLsFuzzTests
{
    // Set the variable to mutate longer than a test run allows.
    private static readonly int s_runs =
        int.TryParse(Environment.GetEnvironmentVariable("MEDSEG_FUZZ_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 4000;

    private static readonly string[] s_names =
    [
        "dcmtk_grey12_7x5_near3", "dcmtk_grey8_edges", "dcmtk_grey8_rough_near2", "dcmtk_grey12_thresholds", "dcmtk_grey16_smooth",
        "dcmtk_rgb16_none", "dcmtk_rgb8_line", "dcmtk_rgb8_sample", "gdcm_grey16_noise", "t87_annex_h3", "t87_bits2", "t87_maximum1000_near2",
        "t87_restart1", "t87_restart5_rgb_line", "t87_restart6_rgb_sample", "t87_segments", "t87_scans1_2_sample", "t87_long_runs",
    ];

    [Fact]
    public void Mutated_streams_are_decoded_or_refused()
    {
        var random = new Random(87);
        (byte[] Stream, FrameShape Shape)[] originals = Array.ConvertAll(s_names, name => (JpegLsData.Stream(name), JpegLsData.Expected(name).Shape));
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            (byte[] stream, FrameShape shape) = originals[run % originals.Length];
            refused += IsRefused(Mutate(stream, random), shape, $"run {run} of {s_names[run % s_names.Length]}") ? 1 : 0;
        }

        // Most damage shows; a changed low bit does not.
        Assert.InRange(refused, s_runs / 2, s_runs);
    }

    [Theory]
    [InlineData("dcmtk_grey12_7x5_near3")]
    [InlineData("dcmtk_rgb8_sample")]
    [InlineData("t87_restart5_rgb_line")]
    public void Truncated_streams_are_refused(string name)
    {
        byte[] stream = JpegLsData.Stream(name);
        FrameShape shape = JpegLsData.Expected(name).Shape;

        // All samples may be there without the last bits of padding, the last marker and the byte that makes the length even.
        Assert.All(Enumerable.Range(0, stream.Length - 6), length => Assert.True(IsRefused(stream[..length], shape, $"{length} bytes")));
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> stream = [.. original];
        for (int change = random.Next(1, 6); change > 0 && stream.Count > 0; change--)
        {
            // Half of the changes go to the headers.
            int place = random.Next(random.Next(2) == 0 ? Math.Min(stream.Count, 60) : stream.Count);
            switch (random.Next(8))
            {
                case 0:
                    stream.RemoveRange(place, stream.Count - place);
                    break;
                case 1:
                    stream.Insert(place, (byte)random.Next(256));
                    break;
                case 2:
                    stream.RemoveAt(place);
                    break;
                case 3:
                    stream[place] = (byte)random.Next(256);
                    break;
                case 4:
                    byte[] extremes = [0, 1, 0x7F, 0x80, 0xFF];
                    stream[place] = extremes[random.Next(extremes.Length)];
                    break;
                default:
                    stream[place] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. stream];
    }

    private static bool IsRefused(byte[] stream, FrameShape shape, string which)
    {
        try
        {
            DecodedFrame frame = JpegLsDecoder.Decode(stream, shape);
            Assert.Equal(shape.Rows * shape.Columns * shape.Components, frame.Samples.Length);
            int greatest = (1 << frame.Precision) - 1;
            Assert.True(Array.TrueForAll(frame.Samples, sample => sample >= 0 && sample <= greatest), which);
            return false;
        }
        catch (CodestreamException error)
        {
            Assert.InRange(error.Offset, 0, stream.Length);
            Assert.NotEmpty(error.Message);
            return true;
        }
        catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{which}: {Convert.ToHexString(stream.AsSpan(0, Math.Min(stream.Length, 400)))}", error);
        }
    }
}
