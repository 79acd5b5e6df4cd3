using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Inference.Backends;

/// <summary>Chooses the library that computes a model.</summary>
internal static class InferenceBackendFactory
{
    /// <summary>Settles which library is meant.</summary>
    /// <param name="model">The model.</param>
    /// <param name="asked">What was asked for.</param>
    /// <returns>Torch or ONNX Runtime.</returns>
    /// <exception cref="MedSegException"><c>BackendMismatch</c>: torch was asked for, and the model is an ONNX file.</exception>
    public static InferenceBackend Settle(SegmentationModel model, InferenceBackend asked) => (asked, model.Onnx) switch
    {
        (InferenceBackend.Torch, not null) => throw new MedSegException(ErrorKind.InvalidArgument, "BackendMismatch", $"{model.Path}: this is an ONNX file, which torch does not read. Leave out -Backend, or give the .safetensors model that the file was exported from.", model.Path),
        (InferenceBackend.Auto, null) => InferenceBackend.Torch,
        (InferenceBackend.Auto, _) => InferenceBackend.OnnxRuntime,
        _ => asked,
    };

    /// <summary>Loads the library, and the model into it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Say which library and device.</param>
    /// <param name="decision">Is told what computes, or null.</param>
    /// <returns>What computes.</returns>
    /// <exception cref="MedSegException">Library or device cannot be used.</exception>
    public static ISegmentationBackend Open(SegmentationModel model, SegmentationOptions options, Action<string>? decision = null) =>
        Settle(model, options.Backend) == InferenceBackend.OnnxRuntime ? OpenOnnx(model, options, decision) : OpenTorch(model, options);

    // Apart, so that neither library is looked for where the other one computes.
    private static OnnxBackend OpenOnnx(SegmentationModel model, SegmentationOptions options, Action<string>? decision)
    {
        var backend = new OnnxBackend(model, options.Device);
        decision?.Invoke($"ONNX Runtime computes with its provider {backend.Provider}.");
        return backend;
    }

    private static TorchBackend OpenTorch(SegmentationModel model, SegmentationOptions options)
    {
        TorchLibrary.Require();
        return new TorchBackend(model, options.Device);
    }
}
