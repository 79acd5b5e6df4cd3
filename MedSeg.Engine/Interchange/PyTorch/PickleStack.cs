namespace MedSeg.Interchange.PyTorch;

/// <summary>The stack of a pickle, with its marks.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _items = [];
    private readonly Stack<int> _marks = [];

    private int Floor => _marks.Count > 0 ? _marks.Peek() : 0;

    /// <summary>Pushes a mark.</summary>
    public void Mark() => _marks.Push(_items.Count);

    /// <summary>Pushes an item.</summary>
    public void Push(object? item) => _items.Add(item);

    /// <summary>Pops the last item.</summary>
    /// <exception cref="FormatException">There is none above the last mark.</exception>
    public object? Pop()
    {
        object? item = Peek();
        _items.RemoveAt(_items.Count - 1);
        return item;
    }

    /// <summary>Returns the last item.</summary>
    /// <exception cref="FormatException">There is none above the last mark.</exception>
    public object? Peek() => _items.Count > Floor ? _items[^1] : throw new FormatException("the stack is empty");

    /// <summary>Pops several items and returns them in the order in which they were pushed.</summary>
    public object?[] Pop(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    /// <summary>Pops the items after the last mark, and the mark.</summary>
    /// <exception cref="FormatException">There is no mark.</exception>
    public object?[] PopToMark()
    {
        int start = _marks.Count > 0 ? _marks.Pop() : throw new FormatException("the stack has no mark");
        object?[] items = [.. _items[start..]];
        _items.RemoveRange(start, items.Length);
        return items;
    }
}
