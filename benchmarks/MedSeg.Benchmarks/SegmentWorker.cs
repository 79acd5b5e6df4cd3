using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MedSeg.Benchmarks.Peers;
using MedSeg.Devices;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;

namespace MedSeg.Benchmarks;

/// <summary>Segments with MedSeg, with ONNX Runtime on its own or with plain TorchSharp. See segment_torch.py for the protocol.</summary>
internal sealed class SegmentWorker : IDisposable
{
    /// <summary>The first argument for MedSeg, with torch or, for an ONNX file, with ONNX Runtime.</summary>
    public const string Own = "medseg";

    /// <summary>The first argument for ONNX Runtime on its own.</summary>
    public const string Onnx = "onnx";

    /// <summary>The first argument for plain TorchSharp; layout and precision follow at the end.</summary>
    public const string TorchSharp = "torchsharp";

    private readonly string _model;
    private readonly float[] _images;
    private readonly int _plane;
    private readonly ISegmentationBackend _backend;
    private readonly Segmenter? _segmenter;

    private SegmentWorker(string[] arguments)
    {
        _model = arguments[1];
        int size = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        _images = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(arguments[3])).ToArray();
        _plane = size * size;
        _backend = arguments[0] switch
        {
            Onnx => new PlainOnnx(_model, size),
            TorchSharp => new PlainTorchSharp(_model, new PlainPrecision(arguments[4], arguments[5])),
            _ => InferenceBackendFactory.Open(SegmentationModel.Read(_model), new BackendChoice(InferenceBackend.Auto, "cpu")),
        };
        _segmenter = arguments[0] == Own ? new Segmenter(_model, new InferenceOptions { Device = "cpu" }) : null;
        Version = arguments[0] switch
        {
            Onnx => PlainOnnx.Version,
            TorchSharp => PlainTorch.Version,
            _ => $"{RuntimeInformation.FrameworkDescription}, {CpuParallel.Threads} threads, AVX-512 {(Avx512F.IsSupported ? "used" : "not used")}",
        };
    }

    private string Version { get; }

    /// <summary>Answers commands until there are no more.</summary>
    /// <param name="arguments">The program, the model, the side S, a file of prepared slices; for TorchSharp the layout and the precision.</param>
    public static void Run(string[] arguments)
    {
        using var worker = new SegmentWorker(arguments);
        Console.WriteLine(worker.Version);
        while (Console.ReadLine() is { } line)
        {
            string[] parts = line.Split('\t');
            double[] numbers = parts[0] switch
            {
                "infer" => worker.Infer(int.Parse(parts[1], CultureInfo.InvariantCulture)),
                "scan" => [worker.Scan(parts[1], parts[2])],
                "matmul" => [worker._backend is PlainOnnx ? double.NaN : MatrixProduct.Rate(PlainTorch.Threads)],
                _ => throw new InvalidOperationException(line),
            };
            Console.WriteLine(string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture))));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _segmenter?.Dispose();
        _backend.Dispose();
    }

    private double[] Infer(int batch)
    {
        float[] probabilities = new float[(PublishedModel.RoiCount + 1) * batch * _plane];
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        _backend.Run(_images, batch, probabilities);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        return [seconds, processor, probabilities.Average(probability => (double)probability * probability)];
    }

    private double Scan(string source, string target)
    {
        long start = Stopwatch.GetTimestamp();
        using StreamWriter areas = File.CreateText(Path.Combine(target, "areas.csv"));
        foreach (SegmentedSlice slice in _segmenter!.Run([source], new MaskOutput { OutputPath = target, Force = true }))
        {
            areas.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(slice.MaskPath)},{string.Join(',', slice.Rois.Select(roi => roi.Area?.ToString(CultureInfo.InvariantCulture)))}"));
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
