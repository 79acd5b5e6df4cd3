namespace MedSeg.Models;

/// <summary>The file formats of networks.</summary>
public enum ModelFormat
{
    /// <summary>Safetensors, the format of MedSeg's models and checkpoints.</summary>
    Safetensors,

    /// <summary>The .pt format of PyTorch's torch.save, which the published program writes.</summary>
    PyTorch,

    /// <summary>ONNX, which many programs can run.</summary>
    Onnx,
}
