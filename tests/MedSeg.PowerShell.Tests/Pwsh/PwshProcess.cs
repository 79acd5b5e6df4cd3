using System.Diagnostics;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>The result of a pwsh process.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">The standard output.</param>
/// <param name="Error">The error output.</param>
internal sealed record PwshResult(int Code, string Output, string Error);

/// <summary>Runs the real pwsh as a process of its own, which finds the built module by its name, in a new folder.</summary>
internal sealed class PwshProcess : IDisposable
{
    /// <summary>Gets pwsh.dll, which dotnet runs.</summary>
    public static string ProgramPath { get; } = Path.Combine(ModuleSession.Setting("PowerShellFolder"), "pwsh.dll");

    /// <summary>Gets the folder of the sources.</summary>
    public static string RepositoryRoot { get; } = ModuleSession.Setting("RepositoryRoot");

    /// <summary>Gets the words of a command line that start pwsh; what pwsh is to do follows them.</summary>
    public static IReadOnlyList<string> CommandLine { get; } = ["dotnet", ProgramPath, "-NoLogo", "-NoProfile", "-NonInteractive"];

    /// <summary>Gets the folder that the process runs in.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    /// <summary>Gets or sets the folder of the module. Its name is MedSeg.</summary>
    public string ModulePath { get; set; } = ModuleSession.Setting("ModulePath");

    /// <summary>Gets what is added to the environment of the process.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Gives the process the home of a person who has no modules yet, on Linux and macOS.</summary>
    /// <returns>The folder of the person's modules.</returns>
    public string UseNewHome()
    {
        string data = Path.Combine(Folder, ".local", "share");
        string modules = Path.Combine(data, "powershell", "Modules");
        ModulePath = Directory.CreateDirectory(Path.Combine(modules, "MedSeg")).FullName;
        Environment["HOME"] = Folder;
        Environment["XDG_DATA_HOME"] = data;
        return modules;
    }

    /// <summary>Writes a script into the folder.</summary>
    /// <returns>Its path.</returns>
    public string Script(string text, string name = "script.ps1")
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs pwsh to its end.</summary>
    /// <param name="arguments">A script and its arguments, or -Command and what to run.</param>
    public PwshResult Run(params string[] arguments) => RunProgram(string.Empty, [.. CommandLine, .. arguments]);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="input">The standard input.</param>
    /// <param name="commandLine">The program and its arguments.</param>
    public PwshResult RunProgram(string input, params string[] commandLine)
    {
        using Process process = Start(commandLine);
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new PwshResult(process.ExitCode, output, error.Result);
    }

    /// <summary>Starts a program with the environment that pwsh needs.</summary>
    public Process Start(params string[] commandLine)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };

        // TorchSharp would find natives in the package cache, which hides a fault of the module folder.
        start.Environment["NUGET_PACKAGES"] = Folder;
        start.Environment["PSModulePath"] = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(ModulePath));
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["TERM"] = "xterm";
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
