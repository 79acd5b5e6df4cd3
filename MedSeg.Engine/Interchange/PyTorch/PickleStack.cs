namespace MedSeg.Interchange.PyTorch;

/// <summary>The stack of a pickle, with the marks from which items are gathered.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _items = [];
    private readonly Stack<int> _marks = [];

    private int Floor => _marks.Count > 0 ? _marks.Peek() : 0;

    /// <summary>Remembers where items begin.</summary>
    public void Mark() => _marks.Push(_items.Count);

    /// <summary>Adds an item.</summary>
    public void Push(object? item) => _items.Add(item);

    /// <summary>Takes the last item away.</summary>
    /// <exception cref="FormatException">There is none above the last mark.</exception>
    public object? Pop()
    {
        object? item = Peek();
        _items.RemoveAt(_items.Count - 1);
        return item;
    }

    /// <summary>Gives the last item.</summary>
    /// <exception cref="FormatException">There is none above the last mark.</exception>
    public object? Peek() => _items.Count > Floor ? _items[^1] : throw new FormatException("it needs a value, and there is none");

    /// <summary>Takes some items away, in the order in which they came.</summary>
    public object?[] Pop(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    /// <summary>Takes the last mark and the items behind it away.</summary>
    /// <exception cref="FormatException">There is no mark.</exception>
    public object?[] PopToMark()
    {
        int start = _marks.Count > 0 ? _marks.Pop() : throw new FormatException("it needs a mark, and there is none");
        object?[] items = [.. _items[start..]];
        _items.RemoveRange(start, items.Length);
        return items;
    }
}
