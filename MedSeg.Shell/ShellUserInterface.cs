using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace MedSeg.Shell;

/// <summary>Writes to the console, with one line of progress below what was written.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    private const int LogStep = 10;
    private const int BarWidth = 30;
    private readonly ShellRawUserInterface _raw = new();
    private readonly Lock _lock = new();
    private bool _progressShown;
    private int _lastLogged = -LogStep;

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    private static bool UseColor => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public override string ReadLine() => Console.ReadLine() ?? string.Empty;

    public override SecureString ReadLineAsSecureString() => throw NoPrompt();

    public override void Write(string value)
    {
        lock (_lock)
        {
            EraseProgress();
            Console.Out.Write(UseColor ? value : new StringDecorated(value).ToString(OutputRendering.PlainText));
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => WriteLine(Colored(value, 31));

    public override void WriteDebugLine(string message) => WriteLine(Colored("DEBUG: " + message, 33));

    public override void WriteVerboseLine(string message) => WriteLine(Colored("VERBOSE: " + message, 33));

    public override void WriteWarningLine(string message) => WriteLine(Colored("WARNING: " + message, 33));

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
        {
            if (record.RecordType == ProgressRecordType.Completed)
            {
                EraseProgress();
                _lastLogged = -LogStep;
            }
            else if (Console.IsOutputRedirected)
            {
                LogProgress(record);
            }
            else
            {
                DrawProgress(record);
            }
        }
    }

    /// <summary>Takes the line of progress away.</summary>
    public void ClearProgress()
    {
        lock (_lock)
        {
            EraseProgress();
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw NoPrompt();

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => defaultChoice;

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw NoPrompt();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw NoPrompt();

    private static HostException NoPrompt() => new("This host does not ask for missing values; give every mandatory parameter.");

    private static string Colored(string text, int color) =>
        UseColor ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{color}m{text}\u001b[0m") : text;

    private static string Describe(ProgressRecord record)
    {
        string left = record.SecondsRemaining > 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):h\\:mm\\:ss} left" : string.Empty;
        return $"{record.Activity}: {record.StatusDescription}{left}";
    }

    private void LogProgress(ProgressRecord record)
    {
        // A log shows life at every tenth part.
        if (record.PercentComplete >= _lastLogged + LogStep)
        {
            _lastLogged = record.PercentComplete;
            Console.Error.WriteLine($"[{record.PercentComplete,3} %] {Describe(record)}");
        }
    }

    private void DrawProgress(ProgressRecord record)
    {
        int filled = Math.Clamp(record.PercentComplete, 0, 100) * BarWidth / 100;
        string bar = new string('█', filled) + new string('░', BarWidth - filled);
        string line = $"{bar} {record.PercentComplete,3} % {Describe(record)}";
        int width = Math.Max(20, _raw.BufferSize.Width - 1);
        Console.Out.Write("\r\u001b[2K" + (line.Length > width ? line[..width] : line));
        _progressShown = true;
    }

    private void EraseProgress()
    {
        if (_progressShown)
        {
            Console.Out.Write("\r\u001b[2K");
            _progressShown = false;
        }
    }
}
