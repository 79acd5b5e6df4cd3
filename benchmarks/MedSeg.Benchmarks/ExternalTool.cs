using System.ComponentModel;
using System.Diagnostics;

namespace MedSeg.Benchmarks;

/// <summary>A program of dcmtk or GDCM.</summary>
internal static class ExternalTool
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">Its name and options, separated by single spaces.</param>
    /// <param name="paths">The files that it takes.</param>
    /// <returns>The seconds from its start to its end.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static double Run(string command, params string[] paths)
    {
        string[] words = command.Split(' ');
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], .. paths]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0 ? seconds : throw new InvalidOperationException($"{command}: {output}{errors.Result}");
    }

    /// <summary>Gives the version that a program states, or null where it is not installed.</summary>
    /// <param name="name">The program.</param>
    /// <returns>The line with its version.</returns>
    public static string? FindVersion(string name)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(name, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string line = process.StandardOutput.ReadToEnd().Split('\n')[0].Trim('$', ' ', '\r');
            process.WaitForExit();
            return line;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
