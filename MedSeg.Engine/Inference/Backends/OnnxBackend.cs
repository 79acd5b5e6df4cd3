using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Interchange.Onnx;
using MedSeg.Natives;
using Microsoft.ML.OnnxRuntime;

namespace MedSeg.Inference.Backends;

/// <summary>Runs the network with ONNX Runtime; torch is not loaded.</summary>
internal sealed class OnnxBackend : ISegmentationBackend
{
    private static readonly string[] s_input = [OnnxNetwork.Input];
    private static readonly string[] s_output = [OnnxNetwork.Output];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly int _size;
    private readonly int _channels;
    private readonly int _outputs;

    /// <summary>Initializes a new instance of the <see cref="OnnxBackend"/> class, and loads ONNX Runtime.</summary>
    /// <param name="model">The model; one that is not an ONNX file is converted in memory.</param>
    /// <param name="device">auto, cpu, cuda, cuda:n, directml or directml:n.</param>
    /// <exception cref="MedSegException">ONNX Runtime or the device cannot be used, or the model is damaged.</exception>
    public OnnxBackend(SegmentationModel model, string device)
    {
        NativeLibraries.Require("onnxruntime");
        _size = model.Architecture.InputSize;
        _channels = model.Architecture.Channels;
        _outputs = model.Architecture.RoiCount + 1;
        byte[] content = model.Onnx ?? OnnxWriter.Write(model.Architecture, model.Tensors);
        try
        {
            OrtEnv environment = OpenEnvironment();
            environment.DisableTelemetryEvents();
            (_session, Provider) = Open(content, OnnxProvider.Candidates(device, environment.GetAvailableProviders()));
        }
        catch (OnnxRuntimeException e)
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.OnnxRuntimeFailed, $"{model.Path}: ONNX Runtime cannot run the model: {TorchErrors.FirstLine(e.Message)}", model.Path, e)
            {
                Advice = "Use -Device Cpu, or -Backend Torch with the .safetensors model.",
            };
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.OnnxRuntimeMissing, $"ONNX Runtime cannot be loaded: {(e.InnerException ?? e).Message}", null, e)
            {
                Advice = "Reinstall MedSeg, or use -Backend Torch with a .safetensors model.",
            };
        }

        Require(model);
    }

    /// <summary>Gets the name of the execution provider.</summary>
    public string Provider { get; }

    /// <inheritdoc/>
    public unsafe void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        int inputs = count * _channels * _size * _size;
        int outputs = count * _outputs * _size * _size;
        ArgumentOutOfRangeException.ThrowIfLessThan(images.Length, inputs, nameof(images));
        ArgumentOutOfRangeException.ThrowIfLessThan(probabilities.Length, outputs, nameof(probabilities));
        try
        {
            fixed (float* image = images)
            fixed (float* probability = probabilities)
            {
                OrtMemoryInfo memory = OrtMemoryInfo.DefaultInstance;
                using var input = OrtValue.CreateTensorValueWithData(memory, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [count, _channels, _size, _size], (nint)image, sizeof(float) * (long)inputs);
                using var output = OrtValue.CreateTensorValueWithData(memory, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [count, _outputs, _size, _size], (nint)probability, sizeof(float) * (long)outputs);
                _session.Run(_run, s_input, [input], s_output, [output]);
            }
        }
        catch (OnnxRuntimeException e) when (IsOutOfMemory(e.Message))
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.OutOfMemory, $"Out of memory while segmenting a batch of {count} slices.", null, e) { Advice = "Use a smaller -BatchSize, or close other programs." };
        }
        catch (OnnxRuntimeException e)
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.OnnxRuntimeFailed, $"ONNX Runtime failed while segmenting: {TorchErrors.FirstLine(e.Message)}", null, e) { Advice = "Use -Device Cpu." };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static bool IsOutOfMemory(string message) =>
        message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase)
        || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || message.Contains("bad_alloc", StringComparison.Ordinal);

    // Errors come as exceptions; without this they are also written to the error output, in red and with the time.
    private static OrtEnv OpenEnvironment()
    {
        if (!OrtEnv.IsCreated)
        {
            var options = new EnvironmentCreationOptions { logId = "MedSeg", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            return OrtEnv.CreateInstanceWithOptions(ref options);
        }

        return OrtEnv.Instance();
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
                // The build has this provider, but its GPU or driver may be missing; the next provider is tried.
            }
        }
    }

    private static SessionOptions Options(OnnxProvider provider)
    {
        var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            if (provider.Name == OnnxProvider.Cuda)
            {
                options.AppendExecutionProvider_CUDA(provider.Gpu);
            }
            else if (provider.Name == OnnxProvider.DirectMl)
            {
                // DirectML supports neither memory patterns nor parallel execution.
                options.EnableMemoryPattern = false;
                options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
                options.AppendExecutionProvider_DML(provider.Gpu);
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
        bool isExpected = _session.InputMetadata.TryGetValue(OnnxNetwork.Input, out NodeMetadata? input) && input.Dimensions.AsSpan().SequenceEqual([-1, _channels, _size, _size])
            && _session.OutputMetadata.TryGetValue(OnnxNetwork.Output, out NodeMetadata? output) && output.Dimensions.AsSpan().SequenceEqual([-1, _outputs, _size, _size]);
        if (!isExpected)
        {
            Dispose();
            throw new FileFormatException(ErrorIds.ModelMismatch, model.Path, $"The metadata states {model.Architecture.RoiCount} ROIs and an input of {_size} × {_size} pixels, but the network in the file has another architecture.")
            {
                Advice = "Export the model again.",
            };
        }
    }
}
