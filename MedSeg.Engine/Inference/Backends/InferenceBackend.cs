namespace MedSeg.Inference.Backends;

/// <summary>The library that runs a trained network.</summary>
public enum InferenceBackend
{
    /// <summary>ONNX Runtime for an ONNX file, torch for any other model.</summary>
    Auto,

    /// <summary>Torch, as in training.</summary>
    Torch,

    /// <summary>ONNX Runtime, which starts faster and needs less memory. Torch is not loaded.</summary>
    OnnxRuntime,
}
