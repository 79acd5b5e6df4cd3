using System.Management.Automation;

namespace MedSeg.Shell;

/// <summary>Runs PowerShell with MedSeg imported, on machines without pwsh.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        CommandLine line = CommandLine.Parse(args);
        switch (line.Task)
        {
            case ShellTask.Help:
                Console.WriteLine(CommandLine.Usage);
                return ExitCodes.Done;
            case ShellTask.Version:
                Console.WriteLine(Title());
                return ExitCodes.Done;
            case ShellTask.BadUsage:
                Console.Error.WriteLine(line.Text);
                Console.Error.WriteLine("MedSeg.Shell -Help tells how it is used.");
                return ExitCodes.BadUsage;
            default:
                return WithSession(line);
        }
    }

    /// <summary>Names the versions of MedSeg and of PowerShell's engine.</summary>
    public static string Title()
    {
        Version own = typeof(Program).Assembly.GetName().Version!;
        return $"MedSeg {own.ToString(3)} on PowerShell {PSVersionInfo.PSVersion}";
    }

    private static int WithSession(CommandLine line)
    {
        string? module = ModuleLocator.Find();
        if (module is null)
        {
            Console.Error.WriteLine("The MedSeg module is not built: run 'dotnet build' first, or set MEDSEG_MODULE_PATH to the folder that holds MedSeg.psd1.");
            return ExitCodes.Failed;
        }

        try
        {
            using ShellSession session = ShellSession.Open(module);
            return line.Task switch
            {
                ShellTask.File => session.RunFile(line.Text, line.Arguments),
                ShellTask.Command => session.RunCommand(line.Text),
                _ => new PromptLoop(session).Run(),
            };
        }
        catch (RuntimeException e)
        {
            // Reached by what comes before the first command only: importing the module.
            Console.Error.WriteLine($"{module}: the module could not be imported. {e.Message}");
            return ExitCodes.Failed;
        }
    }
}
