using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using MedSeg.Shell.StandIns;

namespace MedSeg.Shell;

/// <summary>How a pipeline ended.</summary>
internal enum Outcome
{
    Done,
    Failed,
    Stopped,
}

/// <summary>One runspace with MedSeg and the stand-ins, and what is run in it.</summary>
internal sealed class ShellSession : IDisposable
{
    private readonly Runspace _runspace;
    private volatile PowerShell? _running;
    private volatile bool _stopping;

    private ShellSession(Runspace runspace, ShellHost host)
    {
        _runspace = runspace;
        Host = host;
    }

    /// <summary>Gets the host.</summary>
    public ShellHost Host { get; }

    /// <summary>Gets the runspace.</summary>
    public Runspace Runspace => _runspace;

    /// <summary>Opens a session in the current folder.</summary>
    /// <param name="module">The manifest of the built module.</param>
    public static ShellSession Open(string module)
    {
        var host = new ShellHost();
        Runspace runspace = RunspaceFactory.CreateRunspace(host, CreateState());
        var session = new ShellSession(runspace, host);
        runspace.Open();
        using (PowerShell import = PowerShell.Create(runspace))
        {
            import.AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", "Stop").Invoke();
        }

        StandInCommands.Import(runspace);
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Environment.CurrentDirectory));
        return session;
    }

    /// <summary>Runs a script.</summary>
    /// <returns>The exit code.</returns>
    public int RunFile(string path, string[] arguments)
    {
        using CancelKey cancel = StopOnCancelKey(mayEndProcess: true);

        var command = new Command(path, isScript: false, useLocalScope: false);
        ScriptArguments.Add(command, arguments);
        EngineInternals.PassExitToHost(_runspace);
        return Run(command) switch
        {
            Outcome.Stopped => ExitCodes.Stopped,
            Outcome.Failed => ExitCodes.Failed,
            _ => Host.ExitCode ?? ExitCodes.Done,
        };
    }

    /// <summary>Runs commands.</summary>
    /// <returns>The exit code.</returns>
    public int RunCommand(string text)
    {
        using CancelKey cancel = StopOnCancelKey(mayEndProcess: true);
        return Run(new Command(text, isScript: true)) switch
        {
            Outcome.Stopped => ExitCodes.Stopped,
            Outcome.Failed => ExitCodes.Failed,
            _ => Host.ExitCode ?? (LastCommandSucceeded() ? ExitCodes.Done : ExitCodes.Failed),
        };
    }

    /// <summary>Runs a command, shows what it gives and the error that ended it.</summary>
    public Outcome Run(Command command)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.Commands.AddCommand(command).AddCommand("Out-Default");
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        _stopping = false;
        _running = shell;
        try
        {
            // The engine keeps $? of what goes to the history only.
            shell.Invoke(null, new PSInvocationSettings { Host = Host, AddToHistory = true });
            return _stopping ? Outcome.Stopped : Outcome.Done;
        }
        catch (PipelineStoppedException)
        {
            return Outcome.Stopped;
        }
        catch (RuntimeException e)
        {
            _running = null;
            ShowError(e is IncompleteParseException ? Reparse(command.CommandText) : e.ErrorRecord);
            return _stopping ? Outcome.Stopped : Outcome.Failed;
        }
        finally
        {
            _running = null;
            Host.ClearProgress();
        }
    }

    /// <summary>Tells the value of $?.</summary>
    public bool LastCommandSucceeded() => _runspace.SessionStateProxy.GetVariable("?") is true;

    /// <summary>Lets Ctrl+C stop the running command, until the result is disposed.</summary>
    /// <param name="mayEndProcess">Whether a press ends the process when nothing runs or the command is already told to stop.</param>
    public CancelKey StopOnCancelKey(bool mayEndProcess) => new(() =>
    {
        PowerShell? running = _running;
        bool isFirst = running is not null && !_stopping;
        if (isFirst)
        {
            // The command finishes its step.
            _stopping = true;
            running!.BeginStop(null, null);
        }

        return isFirst || !mayEndProcess;
    });

    public void Dispose() => _runspace.Dispose();

    private static InitialSessionState CreateState()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        return state;
    }

    /// <summary>Gives the error of an incomplete text as an error that is shown: prompts keep quiet about it.</summary>
    private static ErrorRecord Reparse(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return new ParseException(errors).ErrorRecord;
    }

    private void ShowError(ErrorRecord error)
    {
        // Out-Default formats the record by $ErrorView, as it does those of the error stream.
        using PowerShell shell = PowerShell.Create(_runspace);
        Host.IsShowingError = true;
        try
        {
            shell.AddCommand("Out-Default").Invoke(new[] { error }, new List<object>(), new PSInvocationSettings { Host = Host });
        }
        catch (RuntimeException)
        {
            Host.UI.WriteErrorLine($"{error.InvocationInfo?.MyCommand?.Name ?? "Error"}: {error}");
        }
        finally
        {
            Host.IsShowingError = false;
        }
    }
}
