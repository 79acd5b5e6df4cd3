using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MedSeg.Interchange.PyTorch;

/// <summary>Writes the pickle of a checkpoint in protocol 2, with only those opcodes that <see cref="PickleReader"/> reads.</summary>
internal sealed class PickleWriter
{
    private readonly ArrayBufferWriter<byte> _content = new();

    /// <summary>Initializes a new instance of the <see cref="PickleWriter"/> class and writes the protocol.</summary>
    public PickleWriter()
    {
        Write(PickleOpcode.Proto);
        _content.Write((ReadOnlySpan<byte>)[2]);
    }

    /// <summary>Ends the pickle.</summary>
    /// <returns>Its bytes.</returns>
    public byte[] End()
    {
        Write(PickleOpcode.Stop);
        return _content.WrittenSpan.ToArray();
    }

    /// <summary>Writes a dictionary.</summary>
    /// <param name="entries">Writes keys and values alternately.</param>
    public void Dictionary(Action entries)
    {
        Write(PickleOpcode.EmptyDict);
        Gather(entries, PickleOpcode.SetItems);
    }

    /// <summary>Writes a collections.OrderedDict.</summary>
    /// <param name="entries">Writes keys and values alternately.</param>
    public void OrderedDictionary(Action entries)
    {
        EmptyOrderedDictionary();
        Gather(entries, PickleOpcode.SetItems);
    }

    /// <summary>Writes a list of strings.</summary>
    public void List(IEnumerable<string> items)
    {
        Write(PickleOpcode.EmptyList);
        Gather(() => Each(items, Text), PickleOpcode.Appends);
    }

    /// <summary>Writes text.</summary>
    public void Text(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Write(PickleOpcode.BinUnicode);
        Number(bytes.Length);
        _content.Write(bytes);
    }

    /// <summary>Writes a floating-point number.</summary>
    public void Number(double value)
    {
        Write(PickleOpcode.BinFloat);
        BinaryPrimitives.WriteDoubleBigEndian(_content.GetSpan(sizeof(double)), value);
        _content.Advance(sizeof(double));
    }

    /// <summary>Writes an integer.</summary>
    public void Integer(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Write(PickleOpcode.BinInt);
            Number((int)value);
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Write(PickleOpcode.Long1);
        _content.Write((ReadOnlySpan<byte>)[sizeof(long)]);
        _content.Write(bytes);
    }

    /// <summary>Writes a contiguous float32 tensor with its own storage.</summary>
    /// <param name="key">The storage's key.</param>
    /// <param name="shape">The shape.</param>
    public void Tensor(string key, IReadOnlyList<long> shape)
    {
        long[] strides = new long[shape.Count];
        long length = 1;
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = length;
            length *= shape[axis];
        }

        Global("torch._utils", "_rebuild_tensor_v2");
        Tuple(() =>
        {
            Tuple(() =>
            {
                Text("storage");
                Global("torch", "FloatStorage");
                Text(key);
                Text("cpu");
                Integer(length);
            });
            Write(PickleOpcode.BinPersId);
            Integer(0);
            Tuple(() => Each(shape, Integer));
            Tuple(() => Each(strides, Integer));
            Write(PickleOpcode.NewFalse);
            EmptyOrderedDictionary();
        });
        Write(PickleOpcode.Reduce);
    }

    private static void Each<T>(IEnumerable<T> items, Action<T> write)
    {
        foreach (T item in items)
        {
            write(item);
        }
    }

    private void EmptyOrderedDictionary()
    {
        Global("collections", "OrderedDict");
        Write(PickleOpcode.EmptyTuple);
        Write(PickleOpcode.Reduce);
    }

    private void Tuple(Action items) => Gather(items, PickleOpcode.Tuple);

    private void Gather(Action items, PickleOpcode end)
    {
        Write(PickleOpcode.Mark);
        items();
        Write(end);
    }

    private void Global(string module, string name)
    {
        Write(PickleOpcode.Global);
        _content.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _content.Write(bytes);
    }

    private void Write(PickleOpcode opcode) => _content.Write((ReadOnlySpan<byte>)[(byte)opcode]);
}
