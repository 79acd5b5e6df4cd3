using System.Text;
using MedSeg.Errors;
using MedSeg.Interchange.PyTorch;

namespace MedSeg.Tests.Interchange;

/// <summary>Pickles that would do harm, or cannot be: each is refused with its opcode and offset.</summary>
public class PickleReaderTests
{
    private const string FilePath = "/data/model.pt";

    // The pickle with \xNN for bytes, the opcode's name and its offset.
    [Theory]
    [InlineData("\\x80\\x02cos\nsystem\n(X\\x02\\x00\\x00\\x00lstR.", "GLOBAL", 2)]
    [InlineData("\\x80\\x02cbuiltins\neval\n.", "GLOBAL", 2)]
    [InlineData("\\x80\\x02ctorch\nload\n.", "GLOBAL", 2)]
    [InlineData("\\x80\\x04\\x8c\\x02os\\x8c\\x06system\\x93.", "PROTO", 0)]
    [InlineData("\\x8c\\x02os\\x8c\\x06system\\x93.", "SHORTBINUNICODE", 0)]
    [InlineData("(X\\x02\\x00\\x00\\x00lsios\nsystem\n.", "INST", 8)]
    [InlineData("ccollections\nOrderedDict\n)\\x81.", "NEWOBJ", 26)]
    [InlineData("\\x82\\x01.", "EXT1", 0)]
    [InlineData("Pabc\n.", "PERSID", 0)]
    [InlineData("X\\x02\\x00\\x00\\x00osQ.", "BINPERSID", 7)]
    [InlineData("]q\\x00h\\x00a.", "BINGET", 3)]
    [InlineData("}q\\x00K\\x01h\\x00s.", "BINGET", 5)]
    [InlineData("](]q\\x01ej\\x01\\x00\\x00\\x00K\\x02a.", "APPEND", 13)]
    [InlineData("X\\xff\\xff\\xff\\xffabc.", "BINUNICODE", 0)]
    [InlineData("X\\xff\\xff\\xff\\x7fabc.", "BINUNICODE", 0)]
    [InlineData("\\x8a\\xff\\x01.", "LONG1", 0)]
    [InlineData("\\x8a\\x09123456789.", "LONG1", 0)]
    [InlineData("\\x8b\\xff\\xff\\xff\\x7f.", "LONG4", 0)]
    [InlineData("h\\x07.", "BINGET", 0)]
    [InlineData("K\\x01)R.", "REDUCE", 3)]
    [InlineData("ccollections\nOrderedDict\n]\\x85R.", "REDUCE", 27)]
    [InlineData("]}b.", "BUILD", 2)]
    [InlineData("t.", "TUPLE", 0)]
    [InlineData("(K\\x01(\\x86.", "TUPLE2", 4)]
    [InlineData(".", "STOP", 0)]
    [InlineData("}]K\\x01s.", "SETITEM", 4)]
    [InlineData("}(K\\x01u.", "SETITEMS", 4)]
    [InlineData("]K\\x01s.", "SETITEM", 3)]
    [InlineData("\\xfe.", "0xFE", 0)]
    public void Opcode_that_no_state_dictionary_has_is_refused_with_its_offset(string text, string opcode, int offset)
    {
        var error = Assert.Throws<FileFormatException>(() => PickleReader.Read(Bytes(text), FilePath));

        Assert.Equal("PickleRefused", error.ErrorId);
        Assert.Contains($"at the opcode {opcode}", error.Message, StringComparison.Ordinal);
        Assert.Equal(offset, error.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("K\\x01")]
    [InlineData("}q\\x00(")]
    public void Pickle_without_an_end_is_refused(string text) =>
        Assert.Equal("PickleTruncated", Assert.Throws<FileFormatException>(() => PickleReader.Read(Bytes(text), FilePath)).ErrorId);

    [Theory]
    [InlineData(true, 4, 0, 4, 1)]
    [InlineData(true, 4, 3, 1, 1)]
    [InlineData(true, 8, 1, 3, 3)]
    [InlineData(true, 0, 0, 0, 1)]
    [InlineData(false, 7, 1, 3, 3)]
    [InlineData(false, 4, 0, 5, 1)]
    [InlineData(false, 4, 4, 1, 1)]
    [InlineData(false, 4, -1, 1, 1)]
    [InlineData(false, 4, 3, 2, -1)]
    [InlineData(false, 4, 0, -1, 1)]
    [InlineData(false, 1, 0, 1000, 0)]
    [InlineData(false, 4, 1, 2, long.MaxValue)]
    public void Tensor_must_lie_within_its_numbers(bool isWithin, long length, long offset, long size, long stride) =>
        Assert.Equal(isWithin, new TorchTensor(new TorchStorage("F32", "0", length), offset, [size], [stride]).IsWithinStorage());

    [Fact]
    public void Sizes_whose_product_overflows_are_refused()
    {
        var storage = new TorchStorage("F32", "0", long.MaxValue);
        Assert.False(new TorchTensor(storage, 0, [1L << 32, 1L << 32], [1, 1]).IsWithinStorage());
        Assert.False(new TorchTensor(storage, 0, [1L << 40, 2], [1L << 40, 1]).IsWithinStorage());
    }

    [Fact]
    public void Text_that_nests_a_million_deep_takes_no_stack()
    {
        byte[] pickle = [(byte)')', .. Enumerable.Repeat((byte)0x85, 1_000_000), (byte)'.'];
        Assert.IsType<PickleTuple>(PickleReader.Read(pickle, FilePath));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var writer = new PickleWriter();
        writer.Dictionary(() =>
        {
            writer.Text("ψ");
            writer.Integer(-3_000_000_000);
            writer.Text("names");
            writer.List(["a", "b"]);
            writer.Text("tensor");
            writer.Tensor("5", [2, 3]);
        });

        var read = Assert.IsType<PickleDictionary>(PickleReader.Read(writer.End(), FilePath));

        Assert.Equal(-3_000_000_000L, read.Items["ψ"]);
        Assert.Equal(["a", "b"], Assert.IsType<PickleList>(read.Items["names"]).Items);
        var tensor = Assert.IsType<TorchTensor>(read.Items["tensor"]);
        Assert.Equal(new TorchStorage("F32", "5", 6), tensor.Storage);
        Assert.Equal([3, 1], tensor.Strides);
    }

    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\';
            bytes.AddRange(isEscape ? Convert.FromHexString(text.AsSpan(i + 2, 2)) : Encoding.UTF8.GetBytes(text, i, 1));
            i += isEscape ? 3 : 0;
        }

        return [.. bytes];
    }
}
