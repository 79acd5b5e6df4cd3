using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>A process that waits for commands, a line each, and answers each with a line. The first line that it writes tells its versions.</summary>
internal sealed class LineWorker : IDisposable
{
    private const int MostRestSteps = 50;
    private static readonly Dictionary<string, string> s_noVariables = [];
    private static readonly TimeSpan s_restStep = TimeSpan.FromMilliseconds(5);
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
    public static LineWorker? StartPython(string script, params string[] arguments) => StartPython(s_noVariables, script, arguments);

    /// <summary>Starts a Python script that lies beside this program, with environment variables.</summary>
    /// <param name="variables">The names and values of environment variables.</param>
    /// <param name="script">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker; null where Python or a package that the script needs is not installed.</returns>
    public static LineWorker? StartPython(IReadOnlyDictionary<string, string> variables, string script, params string[] arguments)
    {
        // Debian's own Python, where another comes first on the path.
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        return Start(variables, python, [Path.Combine(AppContext.BaseDirectory, script), .. arguments]);
    }

    /// <summary>Starts this program again, with environment variables.</summary>
    /// <param name="variables">The names and values of environment variables.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker.</returns>
    public static LineWorker StartSelf(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        string[] all = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(LineWorker).Assembly.Location, .. arguments] : arguments;
        return Start(variables, program, all) ?? throw new InvalidOperationException("The benchmark cannot start itself.");
    }

    /// <summary>Starts a program.</summary>
    /// <param name="variables">The names and values of environment variables.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The worker; null where the program is not there or ended without a word.</returns>
    private static LineWorker? Start(IReadOnlyDictionary<string, string> variables, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // Only what the benchmark chooses counts.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
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

    /// <summary>Has something done and measured several times in succession, as programs do in use: a turn of the program.</summary>
    /// <param name="command">The command.</param>
    /// <param name="times">How often.</param>
    /// <returns>The mean of each number.</returns>
    public double[] AskTurn(string command, int times)
    {
        double[] sums = AskNumbers(command);
        for (int i = 1; i < times; i++)
        {
            double[] numbers = AskNumbers(command);
            sums = [.. sums.Zip(numbers, (sum, number) => sum + number)];
        }

        return [.. sums.Select(sum => sum / times)];
    }

    /// <summary>
    /// Waits until the process uses no more CPU time: the threads of OpenMP and OpenBLAS spin for some milliseconds after their work, and would
    /// slow down the program that is measured next.
    /// </summary>
    public void Rest()
    {
        TimeSpan used;
        int turns = 0;
        do
        {
            _process.Refresh();
            used = _process.TotalProcessorTime;
            Thread.Sleep(s_restStep);
            _process.Refresh();
        }
        while (_process.TotalProcessorTime - used > s_restStep / 5 && ++turns < MostRestSteps);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
