using MedSeg.Dicom.Codecs.Jpeg2000;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>The arithmetic decoder, with the test sequence of ITU-T T.88 | ISO/IEC 14492, H.2, which has the same coder.</summary>
public unsafe class MqDecoderTests
{
    // It contains FF 88: a byte with a carry into the byte before it.
    private const string Coded = "84C73BFCE1A1430402200000410DBB86F4317FFF88FF37471ADB6ADFFFAC";
    private const string Decoded = "00020051000000C00352872AAAAAAAAA82C02000FCD79EF6BF7FED904F46A3BF";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decodes_the_test_sequence_of_the_standard(bool isEven)
    {
        byte[] coded = [.. Convert.FromHexString(Coded), .. Enumerable.Repeat((byte)0xFF, MqDecoder.Padding)];
        byte[] expected = Convert.FromHexString(Decoded);
        byte[] actual = new byte[expected.Length];
        ulong context = MqStates.Get(0, 0);
        fixed (byte* data = coded)
        {
            var decoder = new MqDecoder(data);
            for (int bit = 0; bit < 8 * actual.Length; bit++)
            {
                uint decision = isEven ? decoder.DecideEvenly(ref context) : decoder.Decide(ref context);
                actual[bit / 8] = (byte)((actual[bit / 8] << 1) | (int)decision);
            }
        }

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
    }

    [Fact]
    public void After_the_end_of_a_segment_there_are_only_ones()
    {
        // A whole segment of FF and an empty one decode alike.
        byte[] coded = [.. Enumerable.Repeat((byte)0xFF, 200)];
        ulong context = MqStates.Get(46, 0);
        fixed (byte* data = coded)
        {
            var early = new MqDecoder(data);
            var late = new MqDecoder(data + coded.Length - MqDecoder.Padding);
            for (int i = 0; i < 5000; i++)
            {
                Assert.Equal(early.Decide(ref context), late.DecideEvenly(ref context));
            }
        }
    }
}
