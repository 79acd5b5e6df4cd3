using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace MedSeg.Benchmarks;

/// <summary>The time from the start of a process through the import of the module to the first mask, with torch and with ONNX Runtime by turns.</summary>
/// <param name="files">The files.</param>
/// <param name="report">Takes a table in Markdown.</param>
/// <param name="isCold">Whether the system forgets all files before each start, as after the machine was switched on; Linux alone, and root.</param>
internal sealed class StartBenchmark(SliceFiles files, TextWriter report, bool isCold)
{
    private const string Caches = "/proc/sys/vm/drop_caches";
    private const string Told = "peak";
    private static readonly string s_pwsh = Path.Combine(Setting("PowerShellFolder"), "pwsh.dll");
    private static readonly string s_module = Setting("ModulePath");

    /// <summary>Measures.</summary>
    /// <returns>Whether the module is built and, for a cold start, the system can be made to forget files.</returns>
    public bool Run()
    {
        if (isCold && !TryForgetFiles())
        {
            report.WriteLine($"{Caches} cannot be written: a cold start is measured on Linux, as root.");
            return false;
        }

        if (!File.Exists(Path.Combine(s_module, "MedSeg.psd1")))
        {
            report.WriteLine("The module is not built: run 'dotnet build' first.");
            return false;
        }

        (string model, _, string onnx) = PublishedModel.Write(files.Scratch);
        string slice = files.Small(Codec.All[0])[0];
        string Segment(string path) => $"$null = Invoke-MedSegSegmentation -Model '{path}' -Path '{slice}' -OutputPath '{files.Scratch}/masks' -Device Cpu -Force -WarningAction SilentlyContinue; ";
        (string Name, string Command)[] commands = [("a model's description", "$null = Get-MedSegModel -Path '" + onnx + "'; "), ("first mask with torch", Segment(model)), ("first mask with ONNX Runtime", Segment(onnx))];
        Samples[] times = [new(), new(), new()];
        Samples[] peaks = [new(), new(), new()];

        // The first round brings the files into the system's memory.
        int rounds = isCold ? 3 : 7;
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < commands.Length; i++)
            {
                _ = isCold && TryForgetFiles();
                (double seconds, double peak) = Measure(commands[i].Command);
                if (round >= 0)
                {
                    times[i].Add(seconds);
                    peaks[i].Add(peak);
                }
            }
        }

        report.WriteLine("\n| from the start of the process to | torch ÷ this | seconds | largest working set, MiB |\n|---|---|---|---|");
        for (int i = 0; i < commands.Length; i++)
        {
            report.WriteLine($"| {commands[i].Name} | {Samples.Ratio(times[1], times[i]).Text("0.00")} | {times[i].Text("0.00")} | {peaks[i].Text("0")} |");
        }

        return true;
    }

    private static (double Seconds, double PeakMebibytes) Measure(string command)
    {
        string told = $"'{Told} ' + [System.Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64";
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [s_pwsh, "-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{s_module}'; {command}{told}"]) { RedirectStandardOutput = true })!;
        string line = process.StandardOutput.ReadLine() ?? "";
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.WaitForExit();
        return line.StartsWith(Told, StringComparison.Ordinal) && process.ExitCode == 0
            ? (seconds, long.Parse(line[Told.Length..], CultureInfo.InvariantCulture) / 1024.0 / 1024.0)
            : throw new InvalidOperationException($"pwsh said '{line}'.");
    }

    private static string Setting(string name) =>
        typeof(StartBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;

    private static bool TryForgetFiles()
    {
        try
        {
            File.WriteAllText(Caches, "3");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
