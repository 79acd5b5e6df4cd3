using System.Globalization;

namespace MedSeg.Benchmarks.Peers;

/// <summary>
/// Finds the fastest settings in a few rounds, so that MedSeg is compared with the best of each peer and the comparison stays short. What was
/// dropped is reported with its figures.
/// </summary>
/// <param name="report">Receives tables in Markdown.</param>
/// <param name="measure">Returns the seconds that a worker takes.</param>
/// <param name="rounds">The number of rounds, after half as many that warm up.</param>
internal sealed class PeerSelection(TextWriter report, Func<LineWorker, double> measure, int rounds)
{
    /// <summary>Chooses the kernel of OpenBLAS.</summary>
    /// <param name="kernels">The kernels; null for OpenBLAS's own choice.</param>
    /// <param name="start">Starts PyTorch with a kernel; returns null where it is not installed.</param>
    /// <returns>The fastest kernel; null for OpenBLAS's own choice.</returns>
    public string? ChooseKernel(IReadOnlyList<string?> kernels, Func<string?, LineWorker?> start)
    {
        List<(string? Kernel, LineWorker Worker)> all = [.. kernels.Select(kernel => (kernel, Worker: start(kernel))).Where(pair => pair.Worker is not null).Select(pair => (pair.kernel, pair.Worker!))];
        if (all.Count == 0)
        {
            return null;
        }

        Samples[] times = Measure([.. all.Select(pair => pair.Worker)]);
        report.WriteLine($"\n| {OpenBlas.KernelVariable} | PyTorch, ms | matrix product, GFLOP/s |\n|---|---|---|");
        foreach (((string? kernel, LineWorker worker), Samples time) in all.Zip(times))
        {
            double rate = Enumerable.Range(0, 3).Max(_ => worker.AskNumbers("matmul")[0]);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kernel ?? "not set"} | {time.Times(1000).Text("0.0")} | {rate:0} |"));
            worker.Dispose();
        }

        int best = IndexOfFastest(times);
        report.WriteLine($"\nThe fastest kernel, used for PyTorch from here on: {all[best].Kernel ?? "that of OpenBLAS's own choice"}.");
        return all[best].Kernel;
    }

    /// <summary>Chooses the fastest setting of each kind.</summary>
    /// <param name="settings">The settings, whatever is installed.</param>
    /// <returns>The fastest of each kind of which one is installed.</returns>
    public IReadOnlyList<PeerSetting> Choose(IEnumerable<PeerSetting> settings)
    {
        var chosen = new List<PeerSetting>();
        report.WriteLine("\n| setting | ms in the selection | |\n|---|---|---|");

        // Kind by kind, because all together could need more memory than there is.
        foreach (IGrouping<string, PeerSetting> kind in settings.GroupBy(setting => setting.Kind))
        {
            List<(PeerSetting Setting, LineWorker Worker)> all = [.. kind.Select(setting => (setting, Worker: setting.Start())).Where(pair => pair.Worker is not null).Select(pair => (pair.setting, pair.Worker!))];
            if (all.Count == 0)
            {
                continue;
            }

            Samples[] times = Measure([.. all.Select(pair => pair.Worker)]);
            int best = IndexOfFastest(times);
            for (int i = 0; i < all.Count; i++)
            {
                report.WriteLine($"| {all[i].Setting.Name} | {times[i].Times(1000).Text("0.0")} | {(i == best ? "compared below" : "dropped")} |");
                all[i].Worker.Dispose();
            }

            chosen.Add(all[best].Setting);
        }

        return chosen;
    }

    private Samples[] Measure(LineWorker[] workers)
    {
        Samples[] times = Array.ConvertAll(workers, _ => new Samples());
        for (int round = -Math.Max(1, rounds / 2); round < rounds; round++)
        {
            for (int i = 0; i < workers.Length; i++)
            {
                double seconds = measure(workers[i]);
                workers[i].Rest();
                if (round >= 0)
                {
                    times[i].Add(seconds);
                }
            }
        }

        return times;
    }

    private static int IndexOfFastest(Samples[] times) => Enumerable.Range(0, times.Length).MinBy(i => times[i].Median);
}
