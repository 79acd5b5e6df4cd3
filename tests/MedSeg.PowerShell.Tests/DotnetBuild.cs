using System.Diagnostics;

namespace MedSeg.PowerShell.Tests;

/// <summary>Runs dotnet build in the folder of the sources.</summary>
internal static class DotnetBuild
{
    /// <summary>Builds.</summary>
    /// <param name="arguments">The project, targets and properties.</param>
    /// <returns>The exit code, and what was written.</returns>
    public static (int Code, string Output) Run(params string[] arguments)
    {
        // A server that outlives the build would keep the output open.
        var start = new ProcessStartInfo("dotnet", ["build", .. arguments, "-p:UseSharedCompilation=false", "-nodeReuse:false", "-v:minimal", "-nologo"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = ModuleSession.Setting("RepositoryRoot"),
        };

        // 'dotnet test' leaves settings of its own MSBuild in the environment.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
