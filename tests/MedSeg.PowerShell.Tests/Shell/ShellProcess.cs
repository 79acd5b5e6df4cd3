using System.Diagnostics;
using System.Reflection;

namespace MedSeg.PowerShell.Tests.Shell;

/// <summary>What a run of MedSeg.Shell gave.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">The standard output.</param>
/// <param name="Error">The error output.</param>
internal sealed record ShellResult(int Code, string Output, string Error);

/// <summary>Runs MedSeg.Shell as a process of its own, with the built module, in a new folder.</summary>
internal sealed class ShellProcess : IDisposable
{
    /// <summary>Gets the built program.</summary>
    public static string ProgramPath { get; } = Metadata("ShellPath");

    /// <summary>Gets the folder of the sources.</summary>
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    /// <summary>Gets the folder that the program runs in.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("medseg").FullName;

    /// <summary>Gets what is added to the program's environment.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a script into the folder.</summary>
    /// <returns>Its path.</returns>
    public string Script(string text, string name = "script.ps1")
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs the program to its end.</summary>
    public ShellResult Run(params string[] arguments) => RunWithInput(string.Empty, arguments);

    /// <summary>Runs the program to its end.</summary>
    /// <param name="input">The standard input.</param>
    /// <param name="arguments">The command line.</param>
    public ShellResult RunWithInput(string input, params string[] arguments)
    {
        using Process process = Start("dotnet", [ProgramPath, .. arguments]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ShellResult(process.ExitCode, output, error.Result);
    }

    /// <summary>Starts a program with what MedSeg.Shell needs.</summary>
    public Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };

        // TorchSharp would find natives in the package cache, which hides a fault of the module folder.
        start.Environment["NUGET_PACKAGES"] = Folder;
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("NO_COLOR");
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string Metadata(string key) =>
        typeof(ShellProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
