using System.Globalization;
using System.Runtime.InteropServices;

namespace MedSeg.Benchmarks;

/// <summary>Measures how fast slices are read, alternating with other programs in one run on the same files.</summary>
internal static class ReadBenchmark
{
    private const int TrialFiles = 4;
    private const int Rounds = 5;

    // Programs that start anew for each file.
    private const int FilesPerTool = 20;

    /// <summary>Measures everything.</summary>
    /// <param name="files">The files.</param>
    /// <param name="report">Takes tables in Markdown.</param>
    public static void Run(SliceFiles files, TextWriter report)
    {
        report.WriteLine(Machine());
        using PydicomWorker? one = PydicomWorker.Start(1);
        using PydicomWorker? all = PydicomWorker.Start(Environment.ProcessorCount);
        report.WriteLine(one?.Version ?? "pydicom with NumPy and OpenCV is NOT installed (Debian: python3-pydicom, python3-opencv): nothing was compared with it.");
        foreach (string tool in new[] { "dcmdjpeg", "gdcmconv" })
        {
            report.WriteLine(ExternalTool.FindVersion(tool) ?? $"{tool} is NOT installed (Debian: dcmtk, libgdcm-tools): nothing was compared with it.");
        }

        Codec[] codecs = [.. Codec.All.Where(c => c.IsAvailable)];
        CompareWithPydicom(report, files, codecs, one, all);
        CompareWithTools(report, files, codecs, isLarge: true);
        CompareWithTools(report, files, codecs, isLarge: false);
    }

    private static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Rounds} rounds; median (least–greatest)");

    private static void CompareWithPydicom(TextWriter report, SliceFiles files, Codec[] codecs, PydicomWorker? one, PydicomWorker? all)
    {
        report.WriteLine("\n| 256×256, 16 bits | cores | MedSeg ÷ pydicom | MedSeg, slices/s | pydicom, slices/s |\n|---|---|---|---|---|");
        foreach (Codec codec in codecs)
        {
            string[] paths = files.Small(codec);
            Compare(report, codec, paths, 1, one);
            Compare(report, codec, paths, Environment.ProcessorCount, all);
        }
    }

    private static void Compare(TextWriter report, Codec codec, string[] paths, int threads, PydicomWorker? python)
    {
        var own = new Samples();
        var other = new Samples();
        string folder = Path.GetDirectoryName(paths[0])!;
        string refusal = "not installed";

        // Warms up both, and finds how many slices the slower reads in about a second.
        OwnReader.ReadAll(paths, threads);
        (double? trial, refusal) = python?.Read(folder, TrialFiles) ?? (null, refusal);
        int count = trial is { } tried ? Math.Clamp((int)(TrialFiles / tried), TrialFiles, paths.Length) : paths.Length;
        for (int round = 0; round < Rounds; round++)
        {
            own.Add(count / OwnReader.ReadAll(paths[..count], threads));
            if (trial is not null && python!.Read(folder, count).Seconds is { } seconds)
            {
                other.Add(count / seconds);
            }
        }

        string answer = refusal.Length == 0 ? other.Text("0") : refusal.Length > 60 ? refusal[..60] + "…" : refusal;
        report.WriteLine($"| {codec.Name} | {threads} | {Samples.Ratio(own, other).Text("0.0")} | {own.Text("0")} | {answer} |");
    }

    private static void CompareWithTools(TextWriter report, SliceFiles files, Codec[] codecs, bool isLarge)
    {
        string size = isLarge ? "2048×2048" : "256×256";
        report.WriteLine($"\n| {size}, 16 bits, to a file without compression | tool | tool ÷ MedSeg | MedSeg, ms a file | tool, ms a file | of it start-up, ms |\n|---|---|---|---|---|---|");
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

                report.WriteLine($"| {codec.Name} | {tool} | {Samples.Ratio(other, own).Text("0.0")} | {own.Text("0.0")} | {other.Text("0.0")} | {start.Text("0.0")} |");
            }
        }
    }
}
