using System.Globalization;
using System.Runtime.InteropServices;
using MedSeg.Network.Definition;

namespace MedSeg.Benchmarks;

/// <summary>Measures training steps, alternating with the same network in PyTorch on the same batch.</summary>
/// <param name="report">Takes tables in Markdown.</param>
internal sealed class TrainBenchmark(TextWriter report)
{
    private const int Batch = 5;
    private const int RoiCount = 6;

    /// <summary>Measures input sizes.</summary>
    /// <param name="sizes">The sides S.</param>
    public void Run(params int[] sizes)
    {
        report.WriteLine($"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {DateTime.UtcNow:u}; batch {Batch}; median (least–greatest), ratios round by round\n");
        using var data = new TrainData();
        foreach (int size in sizes)
        {
            Measure(data, size, rounds: size switch { >= 256 => 9, >= 128 => 15, _ => 31 });
        }
    }

    private static string[] Arguments(TrainData data, int size) =>
        [size.ToString(CultureInfo.InvariantCulture), RoiCount.ToString(CultureInfo.InvariantCulture), Batch.ToString(CultureInfo.InvariantCulture), data.WriteBatch(size, Batch), data.Folder];

    private void Measure(TrainData data, int size, int rounds)
    {
        string[] arguments = Arguments(data, size);
        using LineWorker own = LineWorker.StartSelf(["train-worker", .. arguments]);
        using LineWorker? python = LineWorker.StartPython("train_torch.py", arguments);
        report.WriteLine($"## {size}×{size}\n\nMedSeg: {own.Version}\nPython: {python?.Version ?? "NOT installed (Debian: python3-torch, python3-numpy, libopenblas0-pthread): nothing was compared with it."}\n");
        var (ownTimes, pythonTimes) = (new StepTimes(), new StepTimes());

        // The first rounds warm up: libraries choose their kernels, .NET compiles its final code, which it does after some calls and time.
        for (int round = size >= 256 ? -3 : -rounds; round < rounds; round++)
        {
            Step(own, ownTimes, isKept: round >= 0);
            Step(python, pythonTimes, isKept: round >= 0);
        }

        double gigaOperations = StepCost.Operations(NetworkOptions.Published(size, RoiCount), Batch) / 1e9;
        (double ownPeak, double? pythonPeak) = (own.AskNumbers("peak")[0], python?.AskNumbers("peak")[0]);
        new TrainTables(report).Write(ownTimes, python is null ? null : pythonTimes, gigaOperations, ownPeak, pythonPeak);
        Feed(own, rounds);
    }

    private static void Step(LineWorker? worker, StepTimes times, bool isKept)
    {
        if (worker is null)
        {
            return;
        }

        double[] step = worker.AskNumbers("step");
        double rate = worker.AskNumbers("matmul")[0];
        if (isKept)
        {
            times.Add(step);
            times.MatrixRate.Add(rate);
        }
    }

    private void Feed(LineWorker own, int rounds)
    {
        var (fed, repeated, affine, all, checkpoint) = (new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        for (int round = -1; round < rounds; round++)
        {
            double[] numbers = [own.AskNumbers("fed")[0], own.AskNumbers("fixed")[0], own.AskNumbers("augment")[0], own.AskNumbers("augment-all")[0], own.AskNumbers("checkpoint")[0]];
            if (round >= 0)
            {
                fed.Add(numbers[0]);
                repeated.Add(numbers[1]);
                affine.Add(numbers[2]);
                all.Add(numbers[3]);
                checkpoint.Add(numbers[4]);
            }
        }

        report.WriteLine($"Step with batches from the loader, augmented, ÷ step with one fixed batch: {Samples.Ratio(fed, repeated).Text("0.00")}");
        report.WriteLine($"Augmentation, ms a slice on one core: {affine.Text("0.000")} rotation, warp and crop; {all.Text("0.000")} with all other transforms, too");
        report.WriteLine($"A checkpoint, ms: {checkpoint.Times(1000).Text("0")}\n");
    }
}
