using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MedSeg.Files.Protobuf;

/// <summary>Writes a Protocol Buffers message. Each field has a number, a wire type and a value.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _content = new();

    /// <summary>Gets the bytes written so far.</summary>
    public ReadOnlySpan<byte> Content => _content.WrittenSpan;

    /// <summary>Writes an integer field.</summary>
    public void Number(int field, long value)
    {
        Variable((ulong)field << 3);
        Variable((ulong)value);
    }

    /// <summary>Writes a double, fixed 64-bit.</summary>
    public void Double(int field, double value)
    {
        Variable(((ulong)field << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(_content.GetSpan(sizeof(double)), value);
        _content.Advance(sizeof(double));
    }

    /// <summary>Writes a float, fixed 32-bit.</summary>
    public void Single(int field, float value)
    {
        Variable(((ulong)field << 3) | 5);
        BinaryPrimitives.WriteSingleLittleEndian(_content.GetSpan(sizeof(float)), value);
        _content.Advance(sizeof(float));
    }

    /// <summary>Writes a field of bytes.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Variable(((ulong)field << 3) | 2);
        Variable((ulong)value.Length);
        _content.Write(value);
    }

    /// <summary>Writes a text field in UTF-8.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a nested message.</summary>
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
