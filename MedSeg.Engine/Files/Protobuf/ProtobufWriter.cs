using System.Buffers;
using System.Text;

namespace MedSeg.Files.Protobuf;

/// <summary>Writes a message of Protocol Buffers: fields of a number, a kind and a value.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _content = new();

    /// <summary>Gives what was written.</summary>
    public ReadOnlySpan<byte> Content => _content.WrittenSpan;

    /// <summary>Writes a whole number.</summary>
    public void Number(int field, long value)
    {
        Variable((ulong)field << 3);
        Variable((ulong)value);
    }

    /// <summary>Writes bytes.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Variable(((ulong)field << 3) | 2);
        Variable((ulong)value.Length);
        _content.Write(value);
    }

    /// <summary>Writes text.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a message within.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.Content);
    }

    private void Variable(ulong value)
    {
        while (value >= 0x80)
        {
            _content.Write((ReadOnlySpan<byte>)[(byte)(value | 0x80)]);
            value >>= 7;
        }

        _content.Write((ReadOnlySpan<byte>)[(byte)value]);
    }
}
