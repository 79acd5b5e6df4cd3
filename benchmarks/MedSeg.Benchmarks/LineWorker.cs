using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>A process that waits for commands, a line each, and answers each with a line. The first line that it writes tells its versions.</summary>
internal sealed class LineWorker : IDisposable
{
    private readonly Process _process;

    private LineWorker(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>Gets what works, with its versions.</summary>
    public string Version { get; }

    /// <summary>Starts a Python script that lies beside this program.</summary>
    /// <param name="script">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker; null where Python or a package that the script needs is not installed.</returns>
    public static LineWorker? StartPython(string script, params string[] arguments) => StartPython((null, null), script, arguments);

    /// <summary>Starts a Python script that lies beside this program, with an environment variable.</summary>
    /// <param name="variable">The name and value of the variable; nulls for none.</param>
    /// <param name="script">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker; null where Python or a package that the script needs is not installed.</returns>
    public static LineWorker? StartPython((string? Name, string? Value) variable, string script, params string[] arguments)
    {
        // Debian's own Python, where another comes first on the path.
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        return Start(variable, python, [Path.Combine(AppContext.BaseDirectory, script), .. arguments]);
    }

    /// <summary>Starts this program again, with an environment variable.</summary>
    /// <param name="variable">The name and value of the variable; nulls for none.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker.</returns>
    public static LineWorker StartSelf((string Name, string Value) variable, params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        string[] all = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(LineWorker).Assembly.Location, .. arguments] : arguments;
        return Start(variable, program, all) ?? throw new InvalidOperationException("The benchmark cannot start itself.");
    }

    /// <summary>Starts a program.</summary>
    /// <param name="variable">An environment variable; nulls for none.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker; null where the program is not there or ended without a word.</returns>
    private static LineWorker? Start((string? Name, string? Value) variable, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // OpenBLAS chooses the best kernel for the CPU itself.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        if (variable.Name is not null)
        {
            start.Environment[variable.Name] = variable.Value;
        }

        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return new LineWorker(process, version);
            }

            process.Dispose();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Has something done.</summary>
    /// <param name="command">The command.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The process ended at '{command}'; its message is above.");
    }

    /// <summary>Has something done and measured.</summary>
    /// <param name="command">The command.</param>
    /// <returns>The numbers of the answer.</returns>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public double[] AskNumbers(string command) =>
        [.. Ask(command).Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
