namespace MedSeg.Models;

/// <summary>The formats in which networks are kept.</summary>
public enum ModelFormat
{
    /// <summary>Safetensors, MedSeg's own: models and checkpoints.</summary>
    Safetensors,

    /// <summary>What Python's torch.save writes, as the published program does.</summary>
    PyTorch,

    /// <summary>ONNX, which many programs can compute.</summary>
    Onnx,
}
