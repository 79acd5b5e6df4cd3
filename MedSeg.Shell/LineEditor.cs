using System.Text;

namespace MedSeg.Shell;

/// <summary>Reads a line from the terminal with the usual keys, a history and completion.</summary>
internal sealed class LineEditor
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _text = new();
    private string _prompt = string.Empty;
    private int _cursor;
    private int _historyIndex;
    private string _draft = string.Empty;
    private CompletionCycle? _cycle;

    /// <summary>Gets or sets what completes a text at a position.</summary>
    public Func<string, int, CompletionCycle?>? Complete { get; set; }

    /// <summary>Gets a value indicating whether the last line was given up with Ctrl+C.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">What stands before it on its row of the screen.</param>
    /// <returns>The line, or <see langword="null"/> after Ctrl+C or, on an empty line, Ctrl+D.</returns>
    public string? Read(string prompt)
    {
        bool treatment = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            Start(prompt);
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (Ends(key) is bool isLine)
                {
                    Draw(showAll: true);
                    Console.Out.WriteLine(WasCancelled ? "^C" : string.Empty);
                    return isLine ? _text.ToString() : null;
                }

                Press(key);
                if (!Console.KeyAvailable)
                {
                    Draw(showAll: false);
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = treatment;
        }
    }

    /// <summary>Keeps a line for the arrow keys.</summary>
    public void Remember(string line)
    {
        if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
        }
    }

    private void Start(string prompt)
    {
        _prompt = prompt;
        Console.Out.Write("\r" + prompt);
        _text.Clear();
        _cursor = 0;
        _historyIndex = _history.Count;
        _cycle = null;
        WasCancelled = false;
    }

    /// <summary>Tells whether a key ends the line, and if so whether there is one.</summary>
    private bool? Ends(ConsoleKeyInfo key)
    {
        if (IsControl(key, ConsoleKey.C))
        {
            WasCancelled = true;
            return false;
        }

        if (IsControl(key, ConsoleKey.D) && _text.Length == 0)
        {
            return false;
        }

        return key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n' ? true : null;
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) =>
        key.Key == letter && key.Modifiers.HasFlag(ConsoleModifiers.Control);

    private void Press(ConsoleKeyInfo key)
    {
        if (key.Key == ConsoleKey.Tab)
        {
            Cycle(key.Modifiers.HasFlag(ConsoleModifiers.Shift) ? -1 : 1);
            return;
        }

        _cycle = null;
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control) && PressControl(key.Key))
        {
            return;
        }

        switch (key.Key)
        {
            case ConsoleKey.LeftArrow: _cursor = Math.Max(0, _cursor - 1); break;
            case ConsoleKey.RightArrow: _cursor = Math.Min(_text.Length, _cursor + 1); break;
            case ConsoleKey.Home: _cursor = 0; break;
            case ConsoleKey.End: _cursor = _text.Length; break;
            case ConsoleKey.UpArrow: Recall(-1); break;
            case ConsoleKey.DownArrow: Recall(1); break;
            case ConsoleKey.Escape: Replace(string.Empty); break;
            case ConsoleKey.Backspace: Remove(_cursor - 1, 1); break;
            case ConsoleKey.Delete: Remove(_cursor, 1); break;
            default:
                if (!char.IsControl(key.KeyChar))
                {
                    _text.Insert(_cursor++, key.KeyChar);
                }

                break;
        }
    }

    private bool PressControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.A: _cursor = 0; return true;
            case ConsoleKey.E: _cursor = _text.Length; return true;
            case ConsoleKey.D: Remove(_cursor, 1); return true;
            case ConsoleKey.H: Remove(_cursor - 1, 1); return true;
            case ConsoleKey.K: Remove(_cursor, _text.Length - _cursor); return true;
            case ConsoleKey.U: Remove(0, _cursor); return true;
            case ConsoleKey.W: Remove(WordStart(), _cursor - WordStart()); return true;
            case ConsoleKey.LeftArrow: _cursor = WordStart(); return true;
            case ConsoleKey.L: Console.Out.Write("\u001b[2J\u001b[H"); return true;
            default: return false;
        }
    }

    private int WordStart()
    {
        int start = _cursor;
        while (start > 0 && _text[start - 1] == ' ')
        {
            start--;
        }

        while (start > 0 && _text[start - 1] != ' ')
        {
            start--;
        }

        return start;
    }

    private void Remove(int start, int count)
    {
        if (start >= 0 && start + count <= _text.Length)
        {
            _text.Remove(start, count);
            _cursor = start;
        }
    }

    private void Replace(string text)
    {
        _text.Clear().Append(text);
        _cursor = text.Length;
    }

    private void Recall(int step)
    {
        int index = _historyIndex + step;
        if (index < 0 || index > _history.Count)
        {
            return;
        }

        _draft = _historyIndex == _history.Count ? _text.ToString() : _draft;
        _historyIndex = index;
        Replace(index == _history.Count ? _draft : _history[index]);
    }

    private void Cycle(int step)
    {
        _cycle ??= Complete?.Invoke(_text.ToString(), _cursor);
        if (_cycle is not null)
        {
            string completion = _cycle.Next(step);
            _text.Remove(_cycle.Start, _cycle.Length).Insert(_cycle.Start, completion);
            _cycle.Length = completion.Length;
            _cursor = _cycle.Start + completion.Length;
        }
    }

    /// <summary>Draws the line; of one that is too long, the part around the cursor.</summary>
    private void Draw(bool showAll)
    {
        int room = Math.Max(10, Console.WindowWidth - _prompt.Length - 1);
        int start = showAll || _cursor < room ? 0 : _cursor - room + 1;
        string part = _text.ToString(start, showAll ? _text.Length : Math.Min(room, _text.Length - start));
        int back = part.Length - (_cursor - start);
        Console.Out.Write($"\r{_prompt}{part}\u001b[K" + (back > 0 && !showAll ? $"\u001b[{back}D" : string.Empty));
    }
}
