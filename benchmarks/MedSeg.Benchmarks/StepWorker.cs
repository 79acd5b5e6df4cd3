using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>A process that takes training steps when it is told to: MedSeg, or Python with PyTorch.</summary>
internal sealed class StepWorker : IDisposable
{
    private readonly Process _process;

    private StepWorker(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>Gets what computes, with its version.</summary>
    public string Version { get; }

    /// <summary>Starts MedSeg.</summary>
    /// <param name="arguments">The input size, the number of ROIs, the batch size, a file with a batch, a data set.</param>
    public static StepWorker StartMedSeg(string[] arguments) =>
        Start(Environment.ProcessPath!, ["train-worker", .. arguments]) ?? throw new InvalidOperationException("The benchmark cannot start itself.");

    /// <summary>Starts PyTorch.</summary>
    /// <param name="arguments">The input size, the number of ROIs, the batch size, a file with a batch.</param>
    /// <returns>The worker; null where Python, NumPy or PyTorch is not installed.</returns>
    public static StepWorker? StartTorch(string[] arguments)
    {
        // Debian's own Python, where another comes first on the path.
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        return Start(python, [Path.Combine(AppContext.BaseDirectory, "train_torch.py"), .. arguments]);
    }

    /// <summary>Has something done and measured.</summary>
    /// <param name="command">A command of both workers.</param>
    /// <returns>The numbers that the worker answers.</returns>
    public double[] Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The process ended at '{command}'.");
        return [.. answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static StepWorker? Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // Threads that spin while they wait take the other worker's processor, and on a busy machine their own.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "passive");
        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return new StepWorker(process, version);
            }

            process.Dispose();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
