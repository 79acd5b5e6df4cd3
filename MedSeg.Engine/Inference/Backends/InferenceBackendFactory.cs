using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Inference.Backends;

/// <summary>Opens the backend of a model.</summary>
internal static class InferenceBackendFactory
{
    /// <summary>Resolves Auto, and checks that the library can read the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="requested">The option.</param>
    /// <returns>Torch or ONNX Runtime.</returns>
    /// <exception cref="MedSegException"><c>BackendMismatch</c>: the option is Torch and the model is an ONNX file.</exception>
    public static InferenceBackend Settle(SegmentationModel model, InferenceBackend requested) => (requested, model.Onnx) switch
    {
        (InferenceBackend.Torch, not null) => throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.BackendMismatch, $"{model.Path}: This is an ONNX file, which torch cannot read.", model.Path)
        {
            Advice = "Leave out -Backend, or use the .safetensors model from which the file was exported.",
        },
        (InferenceBackend.Auto, null) => InferenceBackend.Torch,
        (InferenceBackend.Auto, _) => InferenceBackend.OnnxRuntime,
        _ => requested,
    };

    /// <summary>Loads the library and the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="backend">The library.</param>
    /// <param name="device">The device, by name.</param>
    /// <param name="decision">Receives what computes, or null.</param>
    /// <returns>The backend.</returns>
    /// <exception cref="MedSegException">Library or device cannot be used.</exception>
    public static ISegmentationBackend Open(SegmentationModel model, InferenceBackend backend, string device, Action<string>? decision = null) =>
        Settle(model, backend) == InferenceBackend.OnnxRuntime ? OpenOnnx(model, device, decision) : OpenTorch(model, device);

    // Separate methods, so that the JIT does not look for the library that is not used.
    private static OnnxBackend OpenOnnx(SegmentationModel model, string device, Action<string>? decision)
    {
        var backend = new OnnxBackend(model, device);
        decision?.Invoke($"ONNX Runtime uses the execution provider {backend.Provider}.");
        return backend;
    }

    private static TorchBackend OpenTorch(SegmentationModel model, string device)
    {
        TorchLibrary.Require();
        return new TorchBackend(model, device);
    }
}
