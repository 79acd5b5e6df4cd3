using MedSeg.Devices;
using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Inference.Backends;

/// <summary>Opens the backend of a model.</summary>
internal static class InferenceBackendFactory
{
    /// <summary>Resolves the library Auto, and checks that the library can read the model and compute with the precision.</summary>
    /// <param name="model">The model.</param>
    /// <param name="requested">The options.</param>
    /// <returns>Torch or ONNX Runtime.</returns>
    /// <exception cref="MedSegException">
    /// <c>BackendMismatch</c>: the library is Torch and the model is an ONNX file; <c>PrecisionUnsupported</c>: the library is ONNX Runtime, which
    /// computes what the file says.
    /// </exception>
    public static InferenceBackend Settle(SegmentationModel model, BackendChoice requested)
    {
        InferenceBackend library = (requested.Library, model.Onnx) switch
        {
            (InferenceBackend.Torch, not null) => throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.BackendMismatch, $"{model.Path}: This is an ONNX file, which torch cannot read.", model.Path)
            {
                Advice = "Leave out -Backend, or use the .safetensors model from which the file was exported.",
            },
            (InferenceBackend.Auto, null) => InferenceBackend.Torch,
            (InferenceBackend.Auto, _) => InferenceBackend.OnnxRuntime,
            _ => requested.Library,
        };
        return library == InferenceBackend.OnnxRuntime && requested.Precision is Precision.BFloat16 or Precision.Float16
            ? throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PrecisionUnsupported, $"{model.Path}: ONNX Runtime computes this model in float32, as the file says, so -Precision {requested.Precision} is not possible.", model.Path)
            {
                Advice = model.Onnx is null ? "Leave out -Precision, or use -Backend Torch." : "Leave out -Precision, or use the .safetensors model from which the file was exported.",
            }
            : library;
    }

    /// <summary>Loads the library and the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="requested">The options.</param>
    /// <param name="events">Receives what computes, and a warning where that is slow; or null.</param>
    /// <returns>The backend.</returns>
    /// <exception cref="MedSegException">Library or device cannot be used.</exception>
    public static ISegmentationBackend Open(SegmentationModel model, BackendChoice requested, EngineEvents? events = null) =>
        Settle(model, requested) == InferenceBackend.OnnxRuntime ? OpenOnnx(model, requested.Device, events) : OpenTorch(model, requested, events);

    // Separate methods, so that the JIT does not look for the library that is not used.
    private static OnnxBackend OpenOnnx(SegmentationModel model, string device, EngineEvents? events)
    {
        var backend = new OnnxBackend(model, device);
        events?.Decision?.Invoke($"ONNX Runtime uses the execution provider {backend.Provider}.");
        return backend;
    }

    private static TorchBackend OpenTorch(SegmentationModel model, BackendChoice requested, EngineEvents? events)
    {
        TorchLibrary.Require();
        var backend = new TorchBackend(model, requested.Device, requested.Precision, events?.Warning);
        if (requested.Precision != Precision.Float32)
        {
            events?.Decision?.Invoke($"The network computes with precision {backend.Precision} (asked for: {requested.Precision}).");
        }

        return backend;
    }
}
