namespace MedSeg.Shell;

/// <summary>What the shell is asked to do.</summary>
internal enum ShellTask
{
    Prompt,
    File,
    Command,
    Help,
    Version,
    BadUsage,
}

/// <summary>The shell's command line.</summary>
/// <param name="Task">What is asked.</param>
/// <param name="Text">The script's path, the command, or what is wrong.</param>
/// <param name="Arguments">The script's arguments.</param>
internal sealed record CommandLine(ShellTask Task, string Text, string[] Arguments)
{
    public const string Usage = """
        MedSeg.Shell runs PowerShell with MedSeg imported, on machines without pwsh.

        Usage:
          MedSeg.Shell                                  a prompt; lines piped into it are run as a script
          MedSeg.Shell [-File] <script.ps1> [arguments] a script, with its arguments
          MedSeg.Shell -Command <text>                  commands
          MedSeg.Shell -Version | -Help

        Exit codes: the script's own (exit n), else 0; 1 after an error that ended the script or, with -Command, the
        last command; 64 wrong usage; 130 stopped by Ctrl+C. A second Ctrl+C does not wait for the command to finish.
        """;

    /// <summary>Reads the command line.</summary>
    public static CommandLine Parse(string[] args)
    {
        if (args.Length == 0)
        {
            return new CommandLine(ShellTask.Prompt, string.Empty, []);
        }

        return args[0].ToUpperInvariant() switch
        {
            "-?" or "-H" or "-HELP" or "--HELP" => new CommandLine(ShellTask.Help, string.Empty, []),
            "-V" or "-VERSION" or "--VERSION" => new CommandLine(ShellTask.Version, string.Empty, []),
            "-C" or "-COMMAND" => args.Length > 1
                ? new CommandLine(ShellTask.Command, string.Join(' ', args[1..]), [])
                : Bad("-Command needs the text of the commands after it."),
            "-F" or "-FILE" => args.Length > 1 ? File(args[1..]) : Bad("-File needs the path of a script after it."),
            ['-', ..] => Bad($"{args[0]}: there is no such option."),
            _ => File(args),
        };
    }

    private static CommandLine File(string[] args)
    {
        string path = Path.GetFullPath(args[0]);
        if (!System.IO.File.Exists(path))
        {
            return Bad($"{args[0]}: there is no such script.");
        }

        return path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
            ? new CommandLine(ShellTask.File, path, args[1..])
            : Bad($"{args[0]}: a script's name ends in .ps1.");
    }

    private static CommandLine Bad(string problem) => new(ShellTask.BadUsage, problem, []);
}
