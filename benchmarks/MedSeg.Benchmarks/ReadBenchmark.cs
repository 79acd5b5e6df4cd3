using System.Globalization;
using System.Runtime.InteropServices;

namespace MedSeg.Benchmarks;

/// <summary>Measures how fast slices are read, alternating with other programs in one run on the same files.</summary>
internal static class ReadBenchmark
{
    private const int Rounds = 7;

    /// <summary>Measures encodings.</summary>
    /// <param name="files">The files.</param>
    /// <param name="report">Takes tables in Markdown.</param>
    /// <param name="names">The encodings, by <see cref="Codec.Folder"/>; all if there are none.</param>
    public static void Run(SliceFiles files, TextWriter report, IReadOnlyCollection<string> names)
    {
        report.WriteLine(Machine());
        using PydicomWorker? one = PydicomWorker.Start(1);
        using PydicomWorker? all = PydicomWorker.Start(Environment.ProcessorCount);
        report.WriteLine(one?.Version ?? "pydicom with NumPy and OpenCV is NOT installed (Debian: python3-pydicom, python3-opencv): nothing was compared with it.");
        foreach (string tool in new[] { "dcm2pnm", "gdcmconv" })
        {
            report.WriteLine(ExternalTool.FindVersion(tool) ?? $"{tool} is NOT installed (Debian: dcmtk, libgdcm-tools): nothing was compared with it.");
        }

        Codec[] codecs = [.. Codec.All.Where(c => c.IsAvailable && (names.Count == 0 || names.Contains(c.Folder)))];
        new PydicomComparison(files, Rounds, report).Run(codecs, one, all);
        var tools = new ToolComparison(files, Rounds, report);
        tools.Run(codecs, isLarge: false);
        tools.Run(codecs, isLarge: true);
    }

    private static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Rounds} rounds; median (least–greatest)");
}
