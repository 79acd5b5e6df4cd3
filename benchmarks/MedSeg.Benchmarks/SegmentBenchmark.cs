using System.Diagnostics;
using MedSeg.Data.Files;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Labels;

namespace MedSeg.Benchmarks;

/// <summary>Slices per second from DICOM file to mask file with the published network, beside PyTorch in one run, by turns.</summary>
/// <param name="files">The files.</param>
/// <param name="report">Takes tables in Markdown.</param>
internal sealed class SegmentBenchmark(SliceFiles files, TextWriter report)
{
    private const int Rounds = 5;
    private const int Slices = 24;
    private static readonly int[] s_batches = [1, 4];
    private static readonly InferenceOptions s_options = new() { Device = "cpu" };

    /// <summary>Measures torch and ONNX Runtime in MedSeg, and PyTorch slice by slice and in batches.</summary>
    public void Run()
    {
        (string model, string torchModel, string onnxModel) = PublishedModel.Write(files.Scratch);
        string source = Path.Combine(files.Scratch, "slices");
        Directory.CreateDirectory(source);
        foreach (string path in files.Small(Codec.All[0]).Take(Slices))
        {
            File.Copy(path, Path.Combine(source, Path.GetFileName(path)));
        }

        LineWorker?[] workers = Array.ConvertAll(s_batches, batch => LineWorker.StartPython("segment_torch.py", torchModel, $"{PublishedModel.Size}", $"{batch}"));
        report.WriteLine(workers[0]?.Version ?? "PyTorch with pydicom and OpenCV is NOT installed (Debian: python3-torch, python3-pydicom, python3-opencv): nothing was compared with it.");
        using var torch = new Segmenter(model, s_options);
        using var onnx = new Segmenter(onnxModel, s_options);
        Samples[] own = [new(), new()];
        Samples[] other = Array.ConvertAll(s_batches, _ => new Samples());

        // The first round warms up.
        for (int round = -1; round < Rounds; round++)
        {
            double[] rates = [Slices / Segment(torch, source, "torch"), Slices / Segment(onnx, source, "onnx")];
            double[] others = [.. workers.OfType<LineWorker>().Select(worker => Slices / worker.AskNumbers($"{source}\t{Folder("python")}")[0])];
            for (int i = 0; round >= 0 && i < 2; i++)
            {
                own[i].Add(rates[i]);
            }

            for (int i = 0; round >= 0 && i < others.Length; i++)
            {
                other[i].Add(others[i]);
            }
        }

        foreach (LineWorker? worker in workers)
        {
            worker?.Dispose();
        }

        Report(own, other);
    }

    private void Report(Samples[] own, Samples[] other)
    {
        report.WriteLine($"\n| {Slices} slices of 256×256, K = {PublishedModel.RoiCount} | slices/s | ÷ PyTorch, one by one | ÷ PyTorch, batches of {s_batches[1]} |\n|---|---|---|---|");
        foreach ((string name, Samples rates) in new[] { ("MedSeg with torch", own[0]), ("MedSeg with ONNX Runtime", own[1]), ("PyTorch, one by one", other[0]), ($"PyTorch, batches of {s_batches[1]}", other[1]) })
        {
            report.WriteLine($"| {name} | {rates.Text("0.00")} | {Samples.Ratio(rates, other[0]).Text("0.00")} | {Samples.Ratio(rates, other[1]).Text("0.00")} |");
        }

        report.WriteLine($"\nPixels that differ from PyTorch's masks: torch {Differing("torch"):P3}, ONNX Runtime {Differing("onnx"):P3}.");
    }

    private double Segment(Segmenter segmenter, string source, string name)
    {
        long start = Stopwatch.GetTimestamp();
        int count = segmenter.Run([source], new MaskOutput { OutputPath = Folder(name), Force = true }).Count(slice => slice.MaskPath is not null);
        return count == Slices ? Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException($"Only {count} slices were segmented.");
    }

    private double Differing(string name)
    {
        long differing = 0;
        long all = 0;
        foreach (string path in Directory.GetFiles(Folder("python")))
        {
            float[] theirs = LabelReader.ReadFrames(path, 1, LabelMapping.None)[0].Values;
            float[] ours = LabelReader.ReadFrames(Path.Combine(Folder(name), Path.GetFileName(path)), 1, LabelMapping.None)[0].Values;
            differing += theirs.Zip(ours).Count(pair => pair.First != pair.Second);
            all += theirs.Length;
        }

        return all == 0 ? double.NaN : differing / (double)all;
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(files.Scratch, name)).FullName;
}
