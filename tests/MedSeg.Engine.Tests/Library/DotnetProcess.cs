using System.Diagnostics;
using System.Reflection;

namespace MedSeg.Tests.Library;

/// <summary>Runs dotnet in the root of the repository.</summary>
internal static class DotnetProcess
{
    /// <summary>Returns a value that the build wrote into the test assembly.</summary>
    public static string Setting(string name) =>
        typeof(DotnetProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;

    /// <summary>Runs dotnet, which must succeed.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The standard output.</returns>
    public static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = Setting("RepositoryRoot") };

        // 'dotnet test' leaves settings of its own MSBuild in the environment.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
