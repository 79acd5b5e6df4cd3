using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Interchange.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace MedSeg.Inference.Backends;

/// <summary>Runs the network with ONNX Runtime. Nothing of torch is loaded for it.</summary>
internal sealed class OnnxBackend : ISegmentationBackend
{
    private static readonly string[] s_input = [OnnxNetwork.Input];
    private static readonly string[] s_output = [OnnxNetwork.Output];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly int _size;
    private readonly int _channels;

    /// <summary>Initializes a new instance of the <see cref="OnnxBackend"/> class; this is what loads ONNX Runtime.</summary>
    /// <param name="model">The model; one that is no ONNX file becomes one in memory.</param>
    /// <param name="device">auto, cpu, cuda, cuda:n, directml or directml:n.</param>
    /// <exception cref="MedSegException">ONNX Runtime or the device cannot be used, or the model is damaged.</exception>
    public OnnxBackend(SegmentationModel model, string device)
    {
        _size = model.Architecture.InputSize;
        _channels = model.Architecture.RoiCount + 1;
        byte[] content = model.Onnx ?? OnnxWriter.Write(model.Architecture, model.Tensors);
        try
        {
            OrtEnv environment = OrtEnv.Instance();
            environment.DisableTelemetryEvents();
            (_session, Provider) = Open(content, OnnxProvider.Candidates(device, environment.GetAvailableProviders()));
        }
        catch (OnnxRuntimeException e)
        {
            throw new MedSegException(ErrorKind.Device, "OnnxRuntimeFailed", $"{model.Path}: ONNX Runtime cannot compute the model: {TorchErrors.FirstLine(e.Message)} Use -Device Cpu, or -Backend Torch with the .safetensors model.", model.Path, e);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new MedSegException(ErrorKind.Device, "OnnxRuntimeMissing", $"ONNX Runtime cannot be loaded: {(e.InnerException ?? e).Message} Install MedSeg again, or use -Backend Torch with a .safetensors model.", null, e);
        }

        Require(model);
    }

    /// <summary>Gets the name of the execution provider.</summary>
    public string Provider { get; }

    /// <inheritdoc/>
    public unsafe void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        int inputs = count * _size * _size;
        int outputs = inputs * _channels;
        ArgumentOutOfRangeException.ThrowIfLessThan(images.Length, inputs, nameof(images));
        ArgumentOutOfRangeException.ThrowIfLessThan(probabilities.Length, outputs, nameof(probabilities));
        try
        {
            fixed (float* image = images)
            fixed (float* probability = probabilities)
            {
                OrtMemoryInfo memory = OrtMemoryInfo.DefaultInstance;
                using var input = OrtValue.CreateTensorValueWithData(memory, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [count, 1, _size, _size], (nint)image, sizeof(float) * (long)inputs);
                using var output = OrtValue.CreateTensorValueWithData(memory, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [count, _channels, _size, _size], (nint)probability, sizeof(float) * (long)outputs);
                _session.Run(_run, s_input, [input], s_output, [output]);
            }
        }
        catch (OnnxRuntimeException e) when (e.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("bad_alloc", StringComparison.Ordinal) || e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase))
        {
            throw new MedSegException(ErrorKind.Device, "OutOfMemory", $"Memory ran out while segmenting {count} slices at once. Use a smaller -BatchSize, or end other programs.", null, e);
        }
        catch (OnnxRuntimeException e)
        {
            throw new MedSegException(ErrorKind.Device, "OnnxRuntimeFailed", $"ONNX Runtime failed while segmenting: {TorchErrors.FirstLine(e.Message)} Use -Device Cpu.", null, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static (InferenceSession Session, string Provider) Open(byte[] content, IReadOnlyList<OnnxProvider> candidates)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                using SessionOptions options = Options(candidates[i]);
                return (new InferenceSession(content, options), candidates[i].Name);
            }
            catch (OnnxRuntimeException) when (i < candidates.Count - 1)
            {
                // A provider may be in the build, and its card or driver missing; then the next one is as good.
            }
        }
    }

    private static SessionOptions Options(OnnxProvider provider)
    {
        var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        try
        {
            if (provider.Name == OnnxProvider.Cuda)
            {
                options.AppendExecutionProvider_CUDA(provider.Card);
            }
            else if (provider.Name == OnnxProvider.DirectMl)
            {
                // DirectML takes neither memory patterns nor parallel operators.
                options.EnableMemoryPattern = false;
                options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
                options.AppendExecutionProvider_DML(provider.Card);
            }

            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private void Require(SegmentationModel model)
    {
        bool isExpected = _session.InputMetadata.TryGetValue(OnnxNetwork.Input, out NodeMetadata? input) && input.Dimensions.AsSpan().SequenceEqual([-1, 1, _size, _size])
            && _session.OutputMetadata.TryGetValue(OnnxNetwork.Output, out NodeMetadata? output) && output.Dimensions.AsSpan().SequenceEqual([-1, _channels, _size, _size]);
        if (!isExpected)
        {
            Dispose();
            throw new FileFormatException("ModelMismatch", model.Path, $"the file states {model.Architecture.RoiCount} ROIs and an input of {_size} × {_size} pixels, but its network is of another architecture. The file was put together of parts that do not belong together; export the model again.");
        }
    }
}
