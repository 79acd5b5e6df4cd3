using System.Globalization;
using System.Runtime.InteropServices;
using MedSeg.Benchmarks.Peers;
using MedSeg.Network.Definition;

namespace MedSeg.Benchmarks;

/// <summary>
/// Measures training steps, with each way of convolving, alternating with the same network in PyTorch and in plain TorchSharp on the same batch, each
/// with its fastest settings.
/// </summary>
/// <param name="limit">The instructions that all may use.</param>
/// <param name="report">Takes tables in Markdown.</param>
internal sealed class TrainBenchmark(InstructionLimit limit, TextWriter report)
{
    private const string Script = "train_torch.py";
    private const int Batch = 5;
    private const int RoiCount = 6;
    private const int RateRounds = 5;

    /// <summary>Measures input sizes.</summary>
    /// <param name="sizes">The sides S.</param>
    public void Run(params int[] sizes)
    {
        report.WriteLine($"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {DateTime.UtcNow:u}; {limit.Label}; batch {Batch}; median (least–greatest) of turns, ratios round by round\n");
        using var data = new TrainData();
        foreach (int size in sizes)
        {
            Measure(data, size, rounds: size switch { >= 256 => 9, >= 128 => 15, _ => 21 });
        }
    }

    // Turns of a quarter of a second or so: training does not pause either, and the first steps of a turn find the caches full of another program's data.
    private static int StepsOfTurn(int size) => size switch { >= 256 => 1, >= 128 => 6, _ => 24 };

    private static string[] Arguments(TrainData data, int size) =>
        [size.ToString(CultureInfo.InvariantCulture), RoiCount.ToString(CultureInfo.InvariantCulture), Batch.ToString(CultureInfo.InvariantCulture), data.WriteBatch(size, Batch)];

    // MedSeg, and the fastest setting of each kind of peer.
    private IEnumerable<PeerSetting> Choose(TrainData data, int size)
    {
        string[] arguments = Arguments(data, size);
        var settings = new PeerSettings(limit);
        // Some settings take ten times as long as others, so they are tried in shorter turns.
        int steps = Math.Max(1, StepsOfTurn(size) / 4);
        var selection = new PeerSelection(report, worker => TrainPeer.StepSeconds(worker, steps), rounds: size switch { >= 256 => 2, >= 128 => 3, _ => 5 });
        string? kernel = selection.ChooseKernel(OpenBlas.Kernels(limit), name => settings.StartForKernel(Script, arguments, name, mode: ""));
        IReadOnlyList<PeerSetting> chosen = selection.Choose([.. settings.PyTorch(Script, arguments, kernel, ""), .. settings.TorchSharp(["train-torchsharp", .. arguments])]);
        return [.. TrainPeer.OwnSettings([.. arguments, data.Folder], limit), .. chosen];
    }

    private void Measure(TrainData data, int size, int rounds)
    {
        report.WriteLine($"## {size}×{size}, {limit.Label}");
        TrainPeer[] peers = [.. Choose(data, size).Select(setting => new TrainPeer(setting, setting.Start()!))];
        report.WriteLine();
        foreach (TrainPeer peer in peers)
        {
            report.WriteLine($"- {peer.Name}: {peer.Version}");
        }

        if (!peers.Any(peer => peer.Name.StartsWith("PyTorch", StringComparison.Ordinal)))
        {
            report.WriteLine("- PyTorch is NOT installed (Debian: python3-torch, python3-numpy, libopenblas0-pthread, libopenblas0-openmp): nothing was compared with it.");
        }

        // The first rounds warm up: libraries choose their kernels, .NET compiles its final code, which it does after some calls and time.
        for (int round = size >= 256 ? -2 : -rounds; round < rounds; round++)
        {
            foreach (TrainPeer peer in peers)
            {
                peer.Step(StepsOfTurn(size), isKept: round >= 0);
            }
        }

        for (int round = 0; round < RateRounds; round++)
        {
            foreach (TrainPeer peer in peers)
            {
                peer.MeasureRate();
            }
        }

        report.WriteLine();
        new TrainTables(report).Write(peers, StepCost.Operations(NetworkOptions.Published(size, RoiCount), Batch) / 1e9);
        Feed(peers[0], RateRounds);
        foreach (TrainPeer peer in peers)
        {
            peer.Dispose();
        }
    }

    private void Feed(TrainPeer own, int rounds)
    {
        var (fed, repeated, affine, all, checkpoint) = (new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        for (int round = -1; round < rounds; round++)
        {
            double[] numbers = [own.Ask("fed"), own.Ask("fixed"), own.Ask("augment"), own.Ask("augment-all"), own.Ask("checkpoint")];
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
