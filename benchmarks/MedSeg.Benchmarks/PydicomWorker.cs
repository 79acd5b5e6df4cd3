using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>A running Python that reads folders of slices on request.</summary>
internal sealed class PydicomWorker : IDisposable
{
    private readonly LineWorker _worker;

    private PydicomWorker(LineWorker worker) => _worker = worker;

    /// <summary>Gets the versions of pydicom and of what it uses.</summary>
    public string Version => _worker.Version;

    /// <summary>Starts Python and waits until everything is imported.</summary>
    /// <param name="workers">The number of its processes that read.</param>
    /// <returns>The worker; null where Python, pydicom, NumPy or OpenCV is not installed.</returns>
    public static PydicomWorker? Start(int workers) =>
        LineWorker.StartPython("read_pydicom.py", workers.ToString(CultureInfo.InvariantCulture)) is { } worker ? new PydicomWorker(worker) : null;

    /// <summary>Reads the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="count">How many slices; after the last file the first comes again.</param>
    /// <param name="isKept">Whether all slices stay in memory.</param>
    /// <returns>The seconds that it took, as Python measured them; or null and why it cannot.</returns>
    public (double? Seconds, string Refusal) Read(string folder, int count, bool isKept)
    {
        string answer = _worker.Ask(string.Create(CultureInfo.InvariantCulture, $"{count} {(isKept ? "keep" : "drop")} {folder}"));
        return double.TryParse(answer, CultureInfo.InvariantCulture, out double seconds) ? (seconds, "") : (null, answer);
    }

    /// <inheritdoc/>
    public void Dispose() => _worker.Dispose();
}
