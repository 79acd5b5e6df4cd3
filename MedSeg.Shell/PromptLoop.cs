using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace MedSeg.Shell;

/// <summary>Reads commands and runs them, from the terminal or from redirected input.</summary>
internal sealed class PromptLoop(ShellSession session)
{
    private const string DefaultPrompt = "PS MedSeg> ";
    private const string MoreInput = ">> ";
    private readonly LineEditor _editor = new();

    /// <summary>Runs commands until exit or the end of input.</summary>
    /// <returns>The exit code.</returns>
    public int Run() => Terminal.IsInteractive ? RunTerminal() : RunInput();

    private int RunTerminal()
    {
        using CancelKey cancel = session.StopOnCancelKey(mayEndProcess: false);
        session.Host.UI.WriteLine($"{Program.Title()}. Get-Command -Module MedSeg lists the commands, exit ends.");
        session.Run(new Command("function global:prompt { \"PS MedSeg $($ExecutionContext.SessionState.Path.CurrentLocation)> \" }", isScript: true));
        _editor.Complete = Complete;
        while (session.Host.ExitCode is null)
        {
            string? text = ReadCommand(isMore => ReadTerminal(isMore));
            if (text is null && !_editor.WasCancelled)
            {
                return ExitCodes.Done;
            }

            if (!string.IsNullOrWhiteSpace(text))
            {
                session.Run(new Command(text, isScript: true));
            }
        }

        return session.Host.ExitCode.Value;
    }

    private int RunInput()
    {
        using CancelKey cancel = session.StopOnCancelKey(mayEndProcess: true);
        bool succeeded = true;
        while (session.Host.ExitCode is null && ReadCommand(_ => Console.In.ReadLine()) is string text)
        {
            Outcome outcome = session.Run(new Command(text, isScript: true));
            if (outcome == Outcome.Stopped)
            {
                return ExitCodes.Stopped;
            }

            succeeded = outcome == Outcome.Done && session.LastCommandSucceeded();
        }

        return session.Host.ExitCode ?? (succeeded ? ExitCodes.Done : ExitCodes.Failed);
    }

    /// <summary>Reads lines until they make a whole command.</summary>
    private static string? ReadCommand(Func<bool, string?> readLine)
    {
        string? text = readLine(false);
        while (text is not null && IsIncomplete(text))
        {
            if (readLine(true) is not string more)
            {
                // The end of input: what there is is run, and its error shown.
                return Console.IsInputRedirected ? text : null;
            }

            text += "\n" + more;
        }

        return text;
    }

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return Array.Exists(errors, error => error.IncompleteInput);
    }

    private string? ReadTerminal(bool isMore)
    {
        string? line = _editor.Read(isMore ? MoreInput : GetPrompt());
        _editor.Remember(line ?? string.Empty);
        return line;
    }

    private string GetPrompt()
    {
        try
        {
            using PowerShell shell = PowerShell.Create(session.Runspace);
            string prompt = string.Concat(shell.AddCommand("prompt").Invoke<string>());
            return prompt.Length > 0 ? prompt : DefaultPrompt;
        }
        catch (RuntimeException)
        {
            return DefaultPrompt;
        }
    }

    private CompletionCycle? Complete(string text, int cursor)
    {
        using PowerShell shell = PowerShell.Create(session.Runspace);
        CommandCompletion found = CommandCompletion.CompleteInput(text, cursor, null, shell);
        return found.CompletionMatches.Count == 0
            ? null
            : new CompletionCycle(found.ReplacementIndex, found.ReplacementLength, [.. found.CompletionMatches.Select(match => match.CompletionText)]);
    }
}
