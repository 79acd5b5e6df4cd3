using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>A running Python that reads folders of slices when it is told to.</summary>
internal sealed class PydicomWorker : IDisposable
{
    private readonly Process _process;

    private PydicomWorker(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>Gets the versions of pydicom and of what it uses.</summary>
    public string Version { get; }

    /// <summary>Starts Python and waits until everything is imported.</summary>
    /// <param name="workers">The number of its processes that read.</param>
    /// <returns>The worker; null where Python, pydicom, NumPy or OpenCV is not installed.</returns>
    public static PydicomWorker? Start(int workers)
    {
        // Debian's own Python, where another comes first on the path.
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        string script = Path.Combine(AppContext.BaseDirectory, "read_pydicom.py");
        try
        {
            Process process = Process.Start(new ProcessStartInfo(python, [script, workers.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return new PydicomWorker(process, version);
            }

            process.Dispose();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Reads the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="count">How many slices; after the last file the first comes again.</param>
    /// <param name="isKept">Whether all slices stay in memory.</param>
    /// <returns>The seconds that it took, as Python measured them; or null and why it cannot.</returns>
    public (double? Seconds, string Refusal) Read(string folder, int count, bool isKept)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {(isKept ? "keep" : "drop")} {folder}"));
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? "cannot: Python ended";
        return double.TryParse(answer, CultureInfo.InvariantCulture, out double seconds) ? (seconds, "") : (null, answer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
