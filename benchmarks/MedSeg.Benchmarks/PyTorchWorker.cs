using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>A running Python that segments folders of slices with the published network when it is told to.</summary>
internal sealed class PyTorchWorker : IDisposable
{
    /// <summary>The variable that names a BLAS library for Python to load in place of the system's.</summary>
    public const string BlasVariable = "MEDSEG_BENCHMARK_BLAS";

    private readonly Process _process;

    private PyTorchWorker(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>Gets the versions of torch and of what it uses.</summary>
    public string Version { get; }

    /// <summary>Starts Python and waits until the model is loaded.</summary>
    /// <param name="model">The model, .pt.</param>
    /// <param name="size">The side S of the input.</param>
    /// <param name="batch">The slices that are computed at once.</param>
    /// <returns>The worker; null where Python or one of its packages is not installed.</returns>
    public static PyTorchWorker? Start(string model, int size, int batch)
    {
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        string script = Path.Combine(AppContext.BaseDirectory, "segment_pytorch.py");
        string[] arguments = [script, model, size.ToString(CultureInfo.InvariantCulture), batch.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Environment.GetEnvironmentVariable(BlasVariable) is { Length: > 0 } blas)
        {
            start.Environment["LD_PRELOAD"] = blas;
        }

        try
        {
            Process process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return new PyTorchWorker(process, version);
            }

            process.Dispose();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Segments the files of a folder.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="target">The folder for the masks.</param>
    /// <returns>The seconds that it took, as Python measured them.</returns>
    /// <exception cref="InvalidOperationException">Python failed.</exception>
    public double Segment(string source, string target)
    {
        _process.StandardInput.WriteLine($"{source}\t{target}");
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Python ended; its message is above.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
