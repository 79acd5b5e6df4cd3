using System.Diagnostics;

namespace MedSeg.Benchmarks;

/// <summary>Slices per second from file to input, beside pydicom.</summary>
/// <param name="files">The files.</param>
/// <param name="rounds">How often each is measured.</param>
/// <param name="report">Takes a table in Markdown.</param>
internal sealed class PydicomComparison(SliceFiles files, int rounds, TextWriter report)
{
    // The compiler of .NET has made its final code after some seconds of use.
    private const double WarmUpSeconds = 2;
    private const double RoundSeconds = 0.5;
    private const int TrialSlices = 8;

    // Kept slices take 256 KiB each.
    private const int MostKept = 600;

    /// <summary>Measures all encodings, on one core and on all.</summary>
    /// <param name="codecs">The encodings.</param>
    /// <param name="one">Python with one process; null where it is not installed.</param>
    /// <param name="all">Python with as many as there are cores.</param>
    public void Run(IReadOnlyList<Codec> codecs, PydicomWorker? one, PydicomWorker? all)
    {
        report.WriteLine("\n| 256×256, 16 bits | cores | slices | MedSeg ÷ pydicom | MedSeg, slices/s | pydicom, slices/s |\n|---|---|---|---|---|---|");
        foreach (Codec codec in codecs)
        {
            Compare(codec, 1, one, isKept: false);
            Compare(codec, Environment.ProcessorCount, all, isKept: false);
            if (codec.Encoder is null)
            {
                Compare(codec, 1, one, isKept: true);
                Compare(codec, Environment.ProcessorCount, all, isKept: true);
            }
        }
    }

    private void Compare(Codec codec, int threads, PydicomWorker? python, bool isKept)
    {
        string[] paths = files.Small(codec);
        string folder = Path.GetDirectoryName(paths[0])!;
        int ownCount = CountOwn(paths, threads, isKept);
        (int otherCount, string refusal) = CountOther(python, folder, isKept);
        var own = new Samples();
        var other = new Samples();
        for (int round = 0; round < rounds; round++)
        {
            own.Add(ownCount / OwnReader.ReadAll(paths, ownCount, threads, isKept));
            if (refusal.Length == 0 && python!.Read(folder, otherCount, isKept).Seconds is { } seconds)
            {
                other.Add(otherCount / seconds);
            }
        }

        string answer = refusal.Length == 0 ? other.Text("0") : python is null ? refusal : "cannot read it";
        report.WriteLine($"| {codec.Name} | {threads} | {(isKept ? "all kept" : "streamed")} | {Samples.Ratio(own, other).Text("0.0")} | {own.Text("0")} | {answer} |");
    }

    // Warms up, and finds how many slices a round needs to last.
    private static int CountOwn(string[] paths, int threads, bool isKept)
    {
        double rate = 1;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds;)
        {
            rate = paths.Length / OwnReader.ReadAll(paths, paths.Length, threads, isKept);
        }

        return Count(rate, isKept);
    }

    private static (int Count, string Refusal) CountOther(PydicomWorker? python, string folder, bool isKept)
    {
        if (python is null)
        {
            return (0, "not installed");
        }

        (double? first, string refusal) = python.Read(folder, TrialSlices, isKept);
        return first is null ? (0, refusal) : (Count(TrialSlices / python.Read(folder, TrialSlices, isKept).Seconds!.Value, isKept), "");
    }

    private static int Count(double rate, bool isKept) => Math.Clamp((int)(rate * RoundSeconds), TrialSlices, isKept ? MostKept : int.MaxValue);
}
