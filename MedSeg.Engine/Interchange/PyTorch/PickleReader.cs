using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;

namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// Reads the pickle of a state dictionary: the opcodes of protocol 2 that describe dictionaries, lists, numbers, strings and
/// tensors. Every other opcode or name is refused, and nothing is ever imported or called by name.
/// </summary>
internal sealed class PickleReader
{
    private const int MaximumNameLength = 200;

    private readonly byte[] _content;
    private readonly string _path;
    private readonly PickleStack _stack = new();
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    private PickleReader(byte[] content, string path)
    {
        _content = content;
        _path = path;
    }

    /// <summary>Reads a pickle.</summary>
    /// <param name="content">The bytes of the pickle.</param>
    /// <param name="path">The file that it comes from, for messages.</param>
    /// <returns>A string, number, container or tensor.</returns>
    /// <exception cref="FileFormatException">The pickle is truncated (<c>PickleTruncated</c>), or has something that no state dictionary needs (<c>PickleRefused</c>).</exception>
    public static object? Read(byte[] content, string path) => new PickleReader(content, path).Read();

    private object? Read()
    {
        while (_at < _content.Length)
        {
            int start = _at;
            var opcode = (PickleOpcode)_content[_at++];
            try
            {
                if (opcode == PickleOpcode.Stop)
                {
                    return _stack.Pop();
                }

                Carry(opcode);
            }
            catch (FormatException e)
            {
                throw new FileFormatException(ErrorIds.PickleRefused, _path, $"data.pkl is refused at the opcode {Describe(opcode)}: {e.Message}. Nothing in it was executed.", start, e)
                {
                    Advice = "Save the network with torch.save(network.state_dict(), path). Do not open files of unknown origin in Python.",
                };
            }
        }

        throw new FileFormatException(ErrorIds.PickleTruncated, _path, "data.pkl has no STOP opcode: the file is truncated.", _content.Length) { Advice = "Copy the file again." };
    }

    private static string Describe(PickleOpcode opcode) =>
        Enum.IsDefined(opcode) ? $"{opcode.ToString().ToUpperInvariant()} (0x{(byte)opcode:X2})" : $"0x{(byte)opcode:X2}";

    private void Carry(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                RequireProtocol(Take(1)[0]);
                break;
            case PickleOpcode.Mark:
                _stack.Mark();
                break;
            case PickleOpcode.BinPut:
                _memo[Take(1)[0]] = _stack.Peek();
                break;
            case PickleOpcode.LongBinPut:
                _memo[TakeUInt32()] = _stack.Peek();
                break;
            case PickleOpcode.BinGet:
                _stack.Push(Recall(Take(1)[0]));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Push(Recall(TakeUInt32()));
                break;
            case PickleOpcode.Append or PickleOpcode.Appends:
                Append(opcode == PickleOpcode.Append ? _stack.Pop(1) : _stack.PopToMark());
                break;
            case PickleOpcode.SetItem or PickleOpcode.SetItems:
                SetItems(opcode == PickleOpcode.SetItem ? _stack.Pop(2) : _stack.PopToMark());
                break;
            case PickleOpcode.Build:
                // Attributes of a dictionary, such as _metadata, do not concern the weights.
                Build(_stack.Pop());
                break;
            default:
                _stack.Push(MakeValue(opcode));
                break;
        }
    }

    private static void RequireProtocol(byte protocol)
    {
        if (protocol != 2)
        {
            throw new FormatException($"the protocol is {protocol}; only protocol 2, the default of torch.save, is supported");
        }
    }

    private object? MakeValue(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.None => null,
        PickleOpcode.NewTrue => true,
        PickleOpcode.NewFalse => false,
        PickleOpcode.BinInt1 => (long)Take(1)[0],
        PickleOpcode.BinInt2 => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        PickleOpcode.BinInt => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        PickleOpcode.Long1 => TakeLong(),
        PickleOpcode.BinFloat => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        PickleOpcode.BinUnicode => TakeText(),
        PickleOpcode.EmptyDict => new PickleDictionary(),
        PickleOpcode.EmptyList => new PickleList(),
        PickleOpcode.EmptyTuple => new PickleTuple([]),
        PickleOpcode.Tuple1 => MakeTuple(_stack.Pop(1)),
        PickleOpcode.Tuple2 => MakeTuple(_stack.Pop(2)),
        PickleOpcode.Tuple3 => MakeTuple(_stack.Pop(3)),
        PickleOpcode.Tuple => MakeTuple(_stack.PopToMark()),
        PickleOpcode.Global => TakeGlobal(),
        PickleOpcode.Reduce => Reduce(_stack.Pop(), _stack.Pop()),
        PickleOpcode.BinPersId => PickleCalls.MakeStorage(_stack.Pop()),
        _ => throw new FormatException("no state dictionary needs this opcode"),
    };

    private static object? Reduce(object? arguments, object? callee)
    {
        if (callee is not PickleGlobal global || arguments is not PickleTuple { Items: var items })
        {
            throw new FormatException("it calls something that is not a function, or has no arguments");
        }

        return PickleCalls.Make(global, items);
    }

    private object? Recall(uint key)
    {
        if (!_memo.TryGetValue(key, out object? value))
        {
            throw new FormatException($"it refers to memo entry {key}, which does not exist");
        }

        return value is PickleContainer { IsClosed: false } ? throw new FormatException("it refers to a list or dictionary that is still being filled") : value;
    }

    private static PickleTuple MakeTuple(object?[] items)
    {
        Close(items);
        return new PickleTuple(items);
    }

    private void Append(object?[] items)
    {
        if (_stack.Peek() is not PickleList { IsClosed: false } list)
        {
            throw new FormatException("it appends to something that is not an open list");
        }

        Close(items);
        list.Items.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (_stack.Peek() is not PickleDictionary { IsClosed: false } dictionary || items.Length % 2 != 0)
        {
            throw new FormatException("it adds to something that is not an open dictionary");
        }

        Close(items);
        for (int i = 0; i < items.Length; i += 2)
        {
            object key = items[i] is string or long ? items[i]! : throw new FormatException("a dictionary key is neither a string nor an integer");
            dictionary.Items[key] = items[i + 1];
        }
    }

    private void Build(object? state)
    {
        if (_stack.Peek() is not PickleDictionary || state is not PickleDictionary)
        {
            throw new FormatException("it sets the attributes of something that is not a dictionary");
        }

        Close([state]);
    }

    private static void Close(object?[] items)
    {
        foreach (object? item in items)
        {
            if (item is PickleContainer container)
            {
                container.IsClosed = true;
            }
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _content.Length - _at)
        {
            throw new FormatException($"it needs {(uint)count} bytes, but only {_content.Length - _at} are left");
        }

        ReadOnlySpan<byte> bytes = _content.AsSpan(_at, count);
        _at += count;
        return bytes;
    }

    private uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private long TakeLong()
    {
        ReadOnlySpan<byte> bytes = Take(Take(1)[0]);
        if (bytes.Length > sizeof(long))
        {
            throw new FormatException($"the number has {bytes.Length} bytes, and at most {sizeof(long)} are read");
        }

        long value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1 : 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private string TakeText() => Encoding.UTF8.GetString(Take((int)TakeUInt32()));

    private PickleGlobal TakeGlobal()
    {
        string module = TakeLine();
        string name = TakeLine();
        return PickleGlobal.Find(module, name) ?? throw new FormatException($"it names {Printable(module)}.{Printable(name)}, which no state dictionary needs");
    }

    private string TakeLine()
    {
        int length = _content.AsSpan(_at).IndexOf((byte)'\n');
        if (length is < 0 or > MaximumNameLength)
        {
            throw new FormatException("it refers to a name that is too long or not terminated");
        }

        string line = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return line;
    }

    // Names in the file may hold control characters, which must not reach a terminal.
    private static string Printable(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
}
