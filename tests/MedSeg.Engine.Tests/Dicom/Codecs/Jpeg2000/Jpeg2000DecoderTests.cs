using System.Buffers.Binary;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.Jpeg2000;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>The decoder, against what OpenJPEG decodes the same codestreams to.</summary>
public class Jpeg2000DecoderTests
{
    public static TheoryData<string> Files => new(ReferenceCase.All.Keys);

    [Theory]
    [MemberData(nameof(Files))]
    public void Decodes_as_OpenJPEG_does(string file)
    {
        ReferenceCase reference = ReferenceCase.All[file];
        int[] expected = reference.ReadValues();
        DecodedFrame frame = Jpeg2000Decoder.Decode(reference.ReadStream(), reference.Shape);

        Assert.Equal(reference.Shape, new FrameShape(frame.Rows, frame.Columns, frame.Components));
        Assert.Equal((reference.Precision, reference.Signed), (frame.Precision, frame.IsSigned));
        Assert.Equal(expected.Length, frame.Samples.Length);
        int difference = expected.Zip(frame.Samples, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference <= reference.Tolerance, $"{file}: differs by up to {difference} where {reference.Tolerance} is allowed.");
    }

    [Fact]
    public void What_is_stated_of_one_component_counts_even_where_it_comes_first()
    {
        ReferenceCase reference = ReferenceCase.All["stated_by_component.j2k"];
        byte[] stream = reference.ReadStream();

        // SOC and SIZ stay in front; then COC (FF53) and QCC (FF5D), then the rest.
        const int First = 2 + 2 + 38 + (3 * 3);
        List<byte> moved = [];
        List<byte> others = [];
        int position = First;
        while (stream[position + 1] != 0x90)
        {
            int length = 2 + BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(position + 2));
            (stream[position + 1] is 0x53 or 0x5D ? moved : others).AddRange(stream.AsSpan(position, length));
            position += length;
        }

        Assert.NotEmpty(moved);
        byte[] rearranged = [.. stream[..First], .. moved, .. others, .. stream[position..]];
        Assert.Equal(reference.ReadValues(), Jpeg2000Decoder.Decode(rearranged, reference.Shape).Samples);
    }

    [Fact]
    public void A_packet_header_skips_the_bit_behind_FF_and_the_byte_behind_a_last_FF()
    {
        var bits = new PacketHeaderBits([0xFF, 0x7F, 0xFF, 0x00, 0xAB], position: 0, end: 5);
        Assert.Equal((1 << 15) - 1, bits.Read(15));
        Assert.Equal(0xFF, bits.Read(8));
        bits.Align();
        Assert.Equal(4, bits.Position);
        Assert.Equal(0xAB, bits.Read(8));
        bits.Align();
        Assert.Equal(5, bits.Position);
    }

    [Theory]
    [InlineData(new byte[] { 0b0000_0000 }, 1)]
    [InlineData(new byte[] { 0b1000_0000 }, 2)]
    [InlineData(new byte[] { 0b1100_0000 }, 3)]
    [InlineData(new byte[] { 0b1110_0000 }, 5)]
    [InlineData(new byte[] { 0b1111_0000, 0 }, 6)]
    [InlineData(new byte[] { 0b1111_1111, 0b0000_0000 }, 36)]
    [InlineData(new byte[] { 0b1111_1111, 0b0100_0000, 0 }, 37)]
    [InlineData(new byte[] { 0b1111_1111, 0b0111_1111, 0b1000_0000 }, 164)]
    public void Pass_counts_are_those_of_table_B4(byte[] header, int expected) =>
        Assert.Equal(expected, new PacketHeaderBits(header, 0, header.Length).ReadPassCount());
}
