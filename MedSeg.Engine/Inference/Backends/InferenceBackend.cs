namespace MedSeg.Inference.Backends;

/// <summary>The libraries that can compute a trained network.</summary>
public enum InferenceBackend
{
    /// <summary>ONNX Runtime for an ONNX file, torch for every other model.</summary>
    Auto,

    /// <summary>Torch, which training uses.</summary>
    Torch,

    /// <summary>ONNX Runtime, which is loaded in less time and needs less memory. Torch is not loaded.</summary>
    OnnxRuntime,
}
