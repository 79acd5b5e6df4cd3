using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MedSeg.Benchmarks;

/// <summary>Measures how fast slices are read, alternating with other programs in one run on the same files.</summary>
internal static class ReadBenchmark
{
    private const int Rounds = 7;

    // Programs that start anew for each file.
    private const int FilesPerTool = 100;

    /// <summary>Measures everything.</summary>
    /// <param name="files">The files.</param>
    /// <returns>Tables in Markdown.</returns>
    public static string Run(SliceFiles files)
    {
        var report = new StringBuilder();
        report.AppendLine(Machine());
        using PydicomWorker? one = PydicomWorker.Start(1);
        using PydicomWorker? all = PydicomWorker.Start(Environment.ProcessorCount);
        report.AppendLine(one?.Version ?? "pydicom with NumPy and OpenCV is NOT installed (Debian: python3-pydicom, python3-opencv): nothing was compared with it.");
        foreach (string tool in new[] { "dcmdjpeg", "gdcmconv" })
        {
            report.AppendLine(ExternalTool.FindVersion(tool) ?? $"{tool} is NOT installed (Debian: dcmtk, libgdcm-tools): nothing was compared with it.");
        }

        Codec[] codecs = [.. Codec.All.Where(c => c.IsAvailable)];
        CompareWithPydicom(report, files, codecs, one, all);
        CompareWithTools(report, files, codecs, isLarge: true);
        CompareWithTools(report, files, codecs, isLarge: false);
        return report.ToString();
    }

    private static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Rounds} rounds; median (least–greatest)");

    private static void CompareWithPydicom(StringBuilder report, SliceFiles files, Codec[] codecs, PydicomWorker? one, PydicomWorker? all)
    {
        report.AppendLine().AppendLine("| 256×256, 16 bits | cores | MedSeg ÷ pydicom | MedSeg, slices/s | pydicom, slices/s |").AppendLine("|---|---|---|---|---|");
        foreach (Codec codec in codecs)
        {
            string[] paths = files.Small(codec);
            Compare(report, codec, paths, 1, one);
            Compare(report, codec, paths, Environment.ProcessorCount, all);
        }
    }

    private static void Compare(StringBuilder report, Codec codec, string[] paths, int threads, PydicomWorker? python)
    {
        var own = new Samples();
        var other = new Samples();
        string folder = Path.GetDirectoryName(paths[0])!;
        string refusal = "not installed";

        // The first round warms up both.
        for (int round = -1; round < Rounds; round++)
        {
            double seconds = OwnReader.ReadAll(paths, threads);
            (double? theirs, refusal) = python?.Read(folder) ?? (null, refusal);
            if (round >= 0)
            {
                own.Add(paths.Length / seconds);
                if (theirs is { } value)
                {
                    other.Add(paths.Length / value);
                }
            }
        }

        string answer = refusal.Length == 0 ? other.Text("0") : refusal.Length > 60 ? refusal[..60] + "…" : refusal;
        report.AppendLine(CultureInfo.InvariantCulture, $"| {codec.Name} | {threads} | {Samples.Ratio(own, other).Text("0.0")} | {own.Text("0")} | {answer} |");
    }

    private static void CompareWithTools(StringBuilder report, SliceFiles files, Codec[] codecs, bool isLarge)
    {
        string size = isLarge ? "2048×2048" : "256×256";
        report.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"| {size}, 16 bits, to a file without compression | tool | tool ÷ MedSeg | MedSeg, ms a file | tool, ms a file | of it start-up, ms |").AppendLine("|---|---|---|---|---|---|");
        foreach (Codec codec in codecs)
        {
            string[] paths = isLarge ? files.Large(codec) : files.Small(codec)[..FilesPerTool];
            foreach (string tool in codec.Decoders.Where(d => ExternalTool.FindVersion(d.Split(' ')[0]) is not null))
            {
                string trivial = files.Trivial(codec);
                string target = Path.Combine(files.Scratch, "converted");
                var (own, other, start) = (new Samples(), new Samples(), new Samples());
                for (int round = -1; round < Rounds; round++)
                {
                    double ownTime = 1000 * paths.Average(path => OwnReader.Convert(path, target));
                    double toolTime = 1000 * paths.Average(path => ExternalTool.Run(tool, path, target));
                    double startTime = 1000 * ExternalTool.Run(tool, trivial, target);
                    if (round >= 0)
                    {
                        own.Add(ownTime);
                        other.Add(toolTime);
                        start.Add(startTime);
                    }
                }

                report.AppendLine(CultureInfo.InvariantCulture, $"| {codec.Name} | {tool} | {Samples.Ratio(other, own).Text("0.0")} | {own.Text("0.0")} | {other.Text("0.0")} | {start.Text("0.0")} |");
            }
        }
    }
}
