using MedSeg.Inference.Backends;
using MedSeg.Natives;
using Microsoft.ML.OnnxRuntime;

namespace MedSeg.Benchmarks.Peers;

/// <summary>ONNX Runtime on its own, with all cores and all optimizations of the graph.</summary>
internal sealed class PlainOnnx : ISegmentationBackend
{
    private readonly InferenceSession _session;
    private readonly int _size;

    /// <summary>Initializes a new instance of the <see cref="PlainOnnx"/> class and loads the model.</summary>
    /// <param name="path">The path of the ONNX file.</param>
    /// <param name="size">The side S of its input.</param>
    public PlainOnnx(string path, int size)
    {
        NativeLibraries.Require("onnxruntime");
        _size = size;
        using var options = new SessionOptions { IntraOpNumThreads = PlainTorch.Threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        _session = new InferenceSession(path, options);
    }

    /// <summary>Gets the version.</summary>
    public static string Version => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, {PlainTorch.Threads} threads";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(images[..(count * _size * _size)].ToArray(), [count, 1, _size, _size]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, _session.InputNames, [input], _session.OutputNames);
        outputs[0].GetTensorDataAsSpan<float>().CopyTo(probabilities);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
