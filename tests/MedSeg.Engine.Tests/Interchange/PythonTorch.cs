using System.ComponentModel;
using System.Diagnostics;

namespace MedSeg.Tests.Interchange;

/// <summary>Debian's python3-torch as judge, where it is installed.</summary>
internal static class PythonTorch
{
    private static readonly Lazy<bool> s_isInstalled = new(() => Start("import torch", Path.GetTempPath(), []).ExitCode == 0);

    /// <summary>Runs a script that must succeed; skips the test where PyTorch is not installed.</summary>
    /// <param name="script">The script.</param>
    /// <param name="folder">The folder to run in.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it printed.</returns>
    public static string Run(string script, string folder, params string[] arguments)
    {
        if (!s_isInstalled.Value)
        {
            Assert.Skip("PyTorch for /usr/bin/python3 is not installed (Debian package python3-torch).");
        }

        (int exitCode, string output) = Start(script, folder, arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }

    private static (int ExitCode, string Output) Start(string script, string folder, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
        catch (Win32Exception)
        {
            return (-1, "There is no /usr/bin/python3.");
        }
    }
}
