using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace MedSeg.Shell;

/// <summary>Writes to the console, with one line of progress below what was written, and asks where there is somebody to ask.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    private const string EraseLine = "\r\u001b[K";
    private readonly ShellRawUserInterface _raw = new();
    private readonly ProgressLine _progress = new();
    private readonly Lock _lock = new();
    private string _shown = string.Empty;
    private string _row = string.Empty;

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal => Terminal.OutputMoves;

    /// <summary>Gets or sets a value indicating whether lines go to the error output.</summary>
    public bool IsShowingError { get; set; }

    private bool IsAtRowStart => _row.Length == 0;

    public override string ReadLine()
    {
        if (!Terminal.IsInteractive)
        {
            return Console.ReadLine() ?? string.Empty;
        }

        // What was written before the answer's place, on the row of the screen that it ends on.
        int width = _raw.BufferSize.Width;
        string? line = new LineEditor().Read(_row[(_row.Length / width * width)..]);
        _row = string.Empty;
        return line ?? throw new PipelineStoppedException();
    }

    public override SecureString ReadLineAsSecureString() => throw new HostException("This host does not read secrets.");

    public override void Write(string value)
    {
        lock (_lock)
        {
            // In one write, so that the line of progress does not flicker.
            string text = Terminal.OutputHasColor ? value : Terminal.Plain(value);
            string erase = _shown.Length > 0 ? EraseLine : string.Empty;
            _shown = string.Empty;
            string plain = Terminal.Plain(text);
            int end = plain.LastIndexOf('\n');
            _row = end < 0 ? _row + plain : plain[(end + 1)..];
            Console.Out.Write(erase + text + (IsAtRowStart ? NextProgress() : string.Empty));
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        if (Terminal.OutputHasColor)
        {
            // The end of a line in colour would colour the next one.
            string text = value.TrimEnd('\r', '\n');
            string ending = value[text.Length..];
            text = foregroundColor == _raw.ForegroundColor ? text : Terminal.Color(text, foregroundColor);
            value = (backgroundColor == _raw.BackgroundColor ? text : Terminal.ColorBehind(text, backgroundColor)) + ending;
        }

        Write(value);
    }

    public override void WriteLine(string value)
    {
        if (IsShowingError)
        {
            WriteErrorLine(value);
        }
        else
        {
            Write(value + Environment.NewLine);
        }
    }

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(foregroundColor, backgroundColor, value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        lock (_lock)
        {
            EraseProgress();
            string text = Terminal.Plain(value);
            if (Terminal.ErrorHasColor)
            {
                // The engine's own view comes coloured already.
                text = value == text ? Terminal.Color(value, ConsoleColor.Red) : value;
            }

            Console.Error.WriteLine(text);
            if (IsAtRowStart)
            {
                Console.Out.Write(NextProgress());
            }
        }
    }

    public override void WriteDebugLine(string message) => WriteYellow("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteYellow("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteYellow("WARNING: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
        {
            if (!Terminal.OutputMoves && _progress.Log(sourceId, record) is string line)
            {
                Console.Error.WriteLine(line);
            }

            _progress.Update(sourceId, record);
            if (IsAtRowStart)
            {
                Console.Out.Write(NextProgress());
            }
        }
    }

    /// <summary>Takes the line of progress away, and forgets what it told of.</summary>
    public void ClearProgress()
    {
        lock (_lock)
        {
            EraseProgress();
            _progress.Clear();
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        new Questions(this).AskValues(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        new Questions(this).AskChoice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new HostException("This host does not read secrets.");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new HostException("This host does not read secrets.");

    private void WriteYellow(string text) => WriteLine(Terminal.OutputHasColor ? Terminal.Color(text, ConsoleColor.DarkYellow) : text);

    /// <summary>Gives what turns the line of progress on the screen into the present one.</summary>
    private string NextProgress()
    {
        string next = Terminal.OutputMoves ? _progress.Describe(Math.Max(20, _raw.BufferSize.Width - 1)) : string.Empty;
        if (next == _shown)
        {
            return string.Empty;
        }

        _shown = next;
        return "\r" + next + "\u001b[K";
    }

    private void EraseProgress()
    {
        if (_shown.Length > 0)
        {
            Console.Out.Write(EraseLine);
            _shown = string.Empty;
        }
    }
}
