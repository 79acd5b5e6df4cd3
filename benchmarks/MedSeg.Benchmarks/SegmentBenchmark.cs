using System.Globalization;
using System.Runtime.InteropServices;
using MedSeg.Benchmarks.Peers;

namespace MedSeg.Benchmarks;

/// <summary>
/// Measures inference with the published network: the network alone at some sizes, and whole scans from DICOM files to mask files, alternating with PyTorch,
/// plain TorchSharp and ONNX Runtime, each with its fastest settings.
/// </summary>
/// <param name="files">The files.</param>
/// <param name="limit">The instructions that all may use.</param>
/// <param name="report">Takes tables in Markdown.</param>
internal sealed class SegmentBenchmark(SliceFiles files, InstructionLimit limit, TextWriter report)
{
    private const string Script = "segment_torch.py";
    private const string Command = "segment-worker";
    private const int RateRounds = 5;

    // Of the mean square of the probabilities; rounding differs by far less.
    private const double MostDifference = 1e-4;

    /// <summary>Measures input sizes; scans only at 256, the size of their slices.</summary>
    /// <param name="sizes">The sides S.</param>
    public void Run(params int[] sizes)
    {
        report.WriteLine($"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {DateTime.UtcNow:u}; {limit.Label}; K = {PublishedModel.RoiCount}; median (least–greatest) of turns, ratios round by round\n");
        foreach (int size in sizes)
        {
            report.WriteLine($"## {size}×{size}, {limit.Label}");
            Measure(size, rounds: size switch { >= 256 => 9, >= 128 => 15, _ => 21 });
        }
    }

    private void Measure(int size, int rounds)
    {
        (string model, string torchModel, string onnxModel) = PublishedModel.Write(files.Scratch, size);
        string[] input = [size.ToString(CultureInfo.InvariantCulture), WriteImages(size)];
        SegmentPeer[] peers = [.. Choose(model, torchModel, onnxModel, input, size).Select(setting => new SegmentPeer(setting, setting.Start()!))];
        report.WriteLine();
        foreach (SegmentPeer peer in peers)
        {
            report.WriteLine($"- {peer.Name}: {peer.Version}");
        }

        if (!peers.Any(peer => peer.HasFiles && !peer.IsOwn))
        {
            report.WriteLine("- PyTorch with pydicom and OpenCV is NOT installed (Debian: python3-torch, python3-pydicom, python3-opencv, libopenblas0-pthread, libopenblas0-openmp): nothing was compared with it.");
        }

        // The first rounds warm up, since .NET compiles its final code after some calls.
        for (int round = size >= 256 ? -3 : -rounds; round < rounds; round++)
        {
            foreach (SegmentPeer peer in peers)
            {
                peer.Infer(BatchesOfTurn(size), isKept: round >= 0);
            }
        }

        RequireSameNetwork(peers);
        for (int round = 0; round < RateRounds; round++)
        {
            foreach (SegmentPeer peer in peers)
            {
                peer.MeasureRate();
            }
        }

        new SegmentTables(report).Write(peers);
        if (size == PublishedModel.Size)
        {
            new ScanComparison(files, report).Run([.. peers.Where(peer => peer.HasFiles)]);
        }

        foreach (SegmentPeer peer in peers)
        {
            peer.Dispose();
        }
    }

    // Turns of a tenth of a second or more, as in training.
    private static int BatchesOfTurn(int size) => size switch { >= 256 => 4, >= 128 => 40, _ => 200 };

    // MedSeg, and the fastest setting of each kind of peer.
    private IEnumerable<PeerSetting> Choose(string model, string torchModel, string onnxModel, string[] input, int size)
    {
        var settings = new PeerSettings(limit);
        int batches = Math.Max(1, BatchesOfTurn(size) / 4);
        var selection = new PeerSelection(report, worker => SegmentPeer.BestSeconds(worker, batches), rounds: size switch { >= 256 => 3, >= 128 => 4, _ => 5 });
        string? kernel = selection.ChooseKernel(OpenBlas.Kernels(limit), name => settings.StartForKernel(Script, [torchModel, .. input], name, "eager"));
        IReadOnlyList<PeerSetting> chosen = selection.Choose(
            [.. settings.PyTorch(Script, [torchModel, .. input], kernel, "eager", "frozen", "optimized"), .. settings.TorchSharp([Command, SegmentWorker.TorchSharp, model, .. input])]);
        PeerSetting[] own =
        [
            Own("MedSeg", [SegmentWorker.Own, model, .. input]),
            Own("MedSeg with ONNX Runtime", [SegmentWorker.Own, onnxModel, .. input]),
            Own("ONNX Runtime, float32", [SegmentWorker.Onnx, onnxModel, .. input]),
        ];
        if (limit.IsAvx2)
        {
            report.WriteLine("\nONNX Runtime cannot be restricted to AVX2 and is left out.");
        }

        return [.. own[..(limit.IsAvx2 ? 1 : own.Length)], .. chosen];
    }

    // Random slices: the time does not depend on them.
    private string WriteImages(int size)
    {
        string path = Path.Combine(files.Scratch, string.Create(CultureInfo.InvariantCulture, $"images{size}"));
        var random = new Random(1);
        float[] images = [.. Enumerable.Range(0, SegmentPeer.Batches.Max() * size * size).Select(_ => random.NextSingle())];
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(images.AsSpan()));
        return path;
    }

    private static void RequireSameNetwork(SegmentPeer[] peers)
    {
        foreach (SegmentPeer peer in peers.Where(peer => peer.IsFloat32))
        {
            double difference = Math.Abs((peer.MeanSquare / peers[0].MeanSquare) - 1);
            if (!(difference <= MostDifference))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{peer.Name} computes another network than MedSeg: the mean square of its probabilities is {peer.MeanSquare:R}, and MedSeg's {peers[0].MeanSquare:R}."));
            }
        }
    }

    private PeerSetting Own(string name, params string[] arguments) =>
        new(name, "", IsFloat32: true, () => LineWorker.StartSelf(limit.Variables, [Command, .. arguments]));
}
