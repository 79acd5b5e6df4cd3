using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MedSeg.Shell;

/// <summary>Runs PowerShell scripts with MedSeg imported, on machines without pwsh.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadUsage = 64;
    private const int Stopped = 130;

    public static int Main(string[] args)
    {
        if (args.Length == 0 || args[0] is "-?" or "-h" or "--help")
        {
            Console.WriteLine("Usage: MedSeg.Shell [-File] <script.ps1> [arguments]   or   MedSeg.Shell -Command <text>");
            return args.Length == 0 ? BadUsage : 0;
        }

        string? module = ModuleLocator.Find();
        if (module is null)
        {
            Console.Error.WriteLine("The MedSeg module is not built: run 'dotnet build' first, or set MEDSEG_MODULE_PATH to the folder that holds MedSeg.psd1.");
            return Failed;
        }

        bool isCommand = args[0] is "-Command" or "-c";
        string[] rest = isCommand || args[0] is "-File" or "-f" ? args[1..] : args;
        if (rest.Length == 0 || (!isCommand && !File.Exists(rest[0])))
        {
            Console.Error.WriteLine(rest.Length == 0 ? "No script was given." : $"{rest[0]}: there is no such script.");
            return BadUsage;
        }

        return Run(module, isCommand, rest);
    }

    private static int Run(string module, bool isCommand, string[] arguments)
    {
        var host = new ShellHost();
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, CreateState());
        runspace.Open();
        using (PowerShell import = PowerShell.Create(runspace))
        {
            import.AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", "Stop").Invoke();
        }

        runspace.SessionStateProxy.Path.SetLocation(Environment.CurrentDirectory);
        using PowerShell shell = PowerShell.Create(runspace);
        if (isCommand)
        {
            shell.AddScript(string.Join(' ', arguments));
        }
        else
        {
            shell.AddCommand(Path.GetFullPath(arguments[0]));
            ScriptArguments.Add(shell, arguments.AsSpan(1));
        }

        shell.AddCommand("Out-Default");
        shell.Commands.Commands[^2].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        return Invoke(shell, host);
    }

    private static InitialSessionState CreateState()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        return state;
    }

    private static int Invoke(PowerShell shell, ShellHost host)
    {
        bool stopping = false;
        Console.CancelKeyPress += (_, e) =>
        {
            // The first press lets the command finish its step; the second ends the process.
            e.Cancel = !stopping;
            stopping = true;
            shell.BeginStop(null, null);
        };
        try
        {
            shell.Invoke(null, new PSInvocationSettings { Host = host });
            return stopping ? Stopped : host.ExitCode ?? shell.Runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int? ?? 0;
        }
        catch (PipelineStoppedException)
        {
            return Stopped;
        }
        catch (RuntimeException e)
        {
            host.UI.WriteErrorLine($"{e.ErrorRecord.InvocationInfo?.MyCommand?.Name ?? "Error"}: {e.ErrorRecord}");
            return stopping ? Stopped : Failed;
        }
        finally
        {
            host.ClearProgress();
        }
    }
}
