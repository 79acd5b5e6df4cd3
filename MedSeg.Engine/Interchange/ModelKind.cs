namespace MedSeg.Interchange;

/// <summary>The kinds of model files.</summary>
public enum ModelKind
{
    /// <summary>A trained or imported MedSeg model.</summary>
    Model,

    /// <summary>A MedSeg checkpoint, from which a run can resume.</summary>
    Checkpoint,

    /// <summary>Plain safetensors weights without MedSeg's metadata; Import-MedSegModel converts them.</summary>
    Weights,

    /// <summary>A PyTorch .pt file; Import-MedSegModel converts it.</summary>
    PyTorch,

    /// <summary>An ONNX file that MedSeg exported.</summary>
    Onnx,
}
